import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseVideoTag } from '../../platform/media/video-tag.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { readFeed } from './support/feed-reader.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, recordMedia, sendMedia } from './support/recorded-media.ts';

const message = (type: 8 | 9, ...bytes: (number | Uint8Array)[]): MediaMessage => ({
  type,
  timestamp: 0,
  streamId: 1,
  chunkStream: type,
  payload: Buffer.concat(
    bytes.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)),
  ),
});

/** H.264 parameter sets of a picture that is cropped to nothing, in an avcC. */
function sizelessConfig(): Buffer {
  const ue = (value: number) =>
    (value + 1).toString(2).padStart(2 * (value + 1).toString(2).length - 1, '0');
  const fields = [ue(0), ue(0), ue(2), ue(1), '0', ue(0), ue(0), '1', '1', '1'];
  const bits = [...fields, ue(0), ue(8), ue(0), ue(8), '0', '1'].join('');
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  const sps = Buffer.from([0x67, 66, 0, 30, ...bytes.map((byte) => Number.parseInt(byte, 2))]);
  return Buffer.concat([
    Buffer.from([1, 66, 0, 30, 0xff, 0xe1, 0, sps.length]),
    sps,
    Buffer.from([0]),
  ]);
}

describe('without an ffmpeg that reads more', () => {
  let house: IngestHouse;
  beforeAll(async () => {
    house = await openIngest({ readableCodecs: ['h264'] });
  });
  afterAll(() => house.close());

  test.each([
    ['Sorenson H.263', message(9, 0x12, Buffer.alloc(20)), 'Sorenson H.263'],
    ['VP6', message(9, 0x14, Buffer.alloc(20)), 'VP6'],
    ['HEVC by Enhanced RTMP', message(9, 0x90, Buffer.from('hvc1'), Buffer.alloc(30)), 'HEVC'],
    ['AV1 by Enhanced RTMP', message(9, 0x90, Buffer.from('av01'), Buffer.alloc(30)), 'AV1'],
    ['VP9 by Enhanced RTMP', message(9, 0x90, Buffer.from('vp09'), Buffer.alloc(30)), 'vp09'],
    ['HEVC in the old way', message(9, 0x1c, 0, Buffer.alloc(30)), 'Enhanced RTMP'],
    ['a picture without a size', message(9, 0x17, 0, 0, 0, 0, sizelessConfig()), '0x0'],
    [
      'H.264 without parameter sets',
      message(9, 0x17, 0, 0, 0, 0, Buffer.alloc(7)),
      'parameter set',
    ],
    ['Speex', message(8, 0xb2, Buffer.alloc(20)), 'Speex'],
    ['Opus', message(8, 0x90, Buffer.from('Opus'), Buffer.alloc(20)), 'opus'],
    ['AAC of no sample rate', message(8, 0xaf, 0, 0x17, 0x80, 0, 0, 0x10, 0), 'sample rate'],
  ])('%s is refused with a sentence that names it and the cure', async (_, bad, named) => {
    const client = await RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
    sendMedia(client, [bad]);
    const answer = await client.answer();
    expect(answer?.code).toBe('NetStream.Publish.BadName');
    expect(answer?.description).toContain(named);
    expect(answer?.description).toMatch(/set|restart/);
    await client.closed;
    expect((await house.logged('publisher refused'))['reason']).toContain(named);
  });

  test('H.264 and AAC by Enhanced RTMP are fed in the layout that every ffmpeg reads', async () => {
    const client = await RtmpClient.publishing({ port: house.port(), key: 'key-bob' });
    for (const old of await recordMedia({ seconds: 2 })) {
      const [first = 0, packetType = 0] = old.payload;
      const head = Buffer.from(old.type === 9 ? 'avc1' : 'mp4a');
      const lead = old.type === 9 ? 0x80 | (first & 0x70) | packetType : 0x90 | packetType;
      const from = old.type === 8 || packetType !== 1 ? (old.type === 9 ? 5 : 2) : 2;
      const payload = Buffer.concat([Buffer.from([lead]), head, old.payload.subarray(from)]);
      sendMedia(client, [{ ...old, payload }]);
    }
    const { source } = await house.next('stream:live');
    const feed = await readFeed(source.url);
    await feed.until(() => feed.frames().length > 30);
    const heads = new Set(feed.tags.map(({ type, body }) => `${type} ${(body[0] ?? 0) & 0x8f}`));
    expect(heads).toEqual(new Set(['video 7', `audio ${0xaf & 0x8f}`]));
    client.close();
  });

  test('MP3 is taken without a configuration', async () => {
    const client = await RtmpClient.publishing({ port: house.port(), key: 'key-carol' });
    client.metadata({ audiocodecid: 2 });
    sendMedia(client, [message(8, 0x2f, Buffer.alloc(400))]);
    const { source } = await house.next('stream:live');
    expect(source.audio).toMatchObject({ codec: 'mp3', sampleRate: 44_100, channels: 2 });
    client.close();
  });
});

test('with an ffmpeg that reads it HEVC is taken by Enhanced RTMP and fed as it came', async () => {
  const house = await openIngest({ readableCodecs: ['h264', 'hevc'] });
  const { config, frames } = await recordHevc();
  const client = await RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
  client.metadata({ videocodecid: 1752589105 });
  const head = Buffer.from('hvc1');
  sendMedia(client, [
    message(9, 0x90, head, config),
    ...frames.map((frame, index) => ({
      ...message(9, index === 0 ? 0x93 : 0xa3, head, frame),
      timestamp: index * 40,
    })),
  ]);
  const { source } = await house.next('stream:live');
  expect(source.video).toMatchObject({ codec: 'hevc', profile: 'Main', width: 160, height: 90 });
  const feed = await readFeed(source.url);
  await feed.until(() => feed.tags.length > frames.length);
  const tags = feed.tags.map(({ body }) => parseVideoTag(body));
  expect(tags.map(({ kind }) => kind)).toEqual(['config', ...frames.map(() => 'frame')]);
  expect(tags[1]?.keyframe).toBe(true);
  client.close();
  await house.close();
});

/** hvcC and samples, out of a fragmented MP4 with a frame in each fragment. */
async function recordHevc(): Promise<{ config: Buffer; frames: Buffer[] }> {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25', '-t', '0.4'];
  const codec = [
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=none:bframes=0',
  ];
  const output = [
    '-pix_fmt',
    'yuv420p',
    '-tag:v',
    'hvc1',
    '-movflags',
    'frag_every_frame+empty_moov',
  ];
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    ['-loglevel', 'error', ...input, ...codec, ...output, '-f', 'mp4', 'pipe:1'],
    { encoding: 'buffer', maxBuffer: 8 * 1024 * 1024 },
  );
  const frames: Buffer[] = [];
  for (let position = 0; position < stdout.length; ) {
    const size = stdout.readUInt32BE(position);
    const name = stdout.toString('latin1', position + 4, position + 8);
    if (name === 'mdat') frames.push(stdout.subarray(position + 8, position + size));
    position += size;
  }
  const at = stdout.indexOf('hvcC');
  return { config: stdout.subarray(at + 4, at - 4 + stdout.readUInt32BE(at - 4)), frames };
}
