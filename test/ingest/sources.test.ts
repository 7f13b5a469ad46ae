import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_MEDIA_MS } from '../../platform/stream.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { readFeed } from './support/feed-reader.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, paceMedia, recordMedia, sendMedia } from './support/recorded-media.ts';

let house: IngestHouse;
let media: MediaMessage[];
let larger: MediaMessage[];

beforeAll(async () => {
  [media, larger] = await Promise.all([
    recordMedia({ seconds: 4 }),
    recordMedia({ seconds: 2, size: '320x180' }),
  ]);
  house = await openIngest({ limits: { silenceMs: 120_000, firstSourceMs: 2000 } });
});
afterAll(() => house.close());

const publishing = (channel: string) =>
  RtmpClient.publishing({ port: house.port(), key: `key-${channel}` });
const both = { videocodecid: 7, audiocodecid: 10, framerate: 25, encoder: 'test encoder 1.0' };

describe('a source', () => {
  test('is announced with its tracks and feeds FLV in media time', async () => {
    const client = await publishing('alice');
    client.metadata(both);
    sendMedia(client, media, 500_000);
    const { source, startedAt } = await house.next('stream:live');
    expect(source).toMatchObject({
      run: 1,
      video: { codec: 'h264', width: 160, height: 90, fps: 25 },
      audio: { codec: 'aac', sampleRate: 48_000, channels: 1 },
    });
    const arrivedAt = source.wallBaseMs + source.firstMediaMs;
    expect(arrivedAt).toBeGreaterThanOrEqual(startedAt);
    expect(arrivedAt).toBeLessThanOrEqual(Date.now());
    // Wall time of media time 0 is what the stream's start says.
    expect(source.wallBaseMs).toBeCloseTo(startedAt - FIRST_MEDIA_MS, -3);
    const feed = await readFeed(source.url);
    await feed.until(() => feed.frames().length > 10);
    const [first, second] = feed.tags;
    expect([first?.type, second?.type]).toEqual(['video', 'audio']);
    expect([first?.config, second?.config]).toEqual([true, true]);
    client.close();
    await feed.ended;
    // As a whole answer: ffmpeg takes anything less for an error.
    expect(feed.response.complete).toBe(true);
  });

  test('hands a late reader everything from the newest keyframe on, and says how far it is', async () => {
    const client = await publishing('late');
    client.metadata(both);
    sendMedia(client, media);
    const { source } = await house.next('stream:live');
    const feed = await readFeed(source.url);
    await feed.until(() => feed.frames().length > 20);
    const [first] = feed.frames();
    expect(first?.keyframe).toBe(true);
    expect(first?.timestampMs).toBe(source.firstMediaMs + 3000);
    const asked = await fetch(source.url, { method: 'HEAD' });
    const [video, audio] = ['video', 'audio'].map((track) =>
      Number(asked.headers.get(`newest-${track}-ms`)),
    );
    expect(video).toBeGreaterThan(source.firstMediaMs + 3900);
    const last = (type: number) => media.findLast((each) => each.type === type)?.timestamp ?? 0;
    expect((audio ?? 0) - (video ?? 0)).toBe(last(8) - last(9));
    expect(audio).not.toBe(video);
    feed.close();
    client.close();
  });

  test('has only the tracks that come: sound alone, a picture alone, promised or not', async () => {
    const cases = [
      { type: 8, metadata: { audiocodecid: 10 }, video: null, audio: { codec: 'aac' } },
      { type: 8, metadata: null, video: null, audio: { codec: 'aac' } },
      { type: 9, metadata: { videocodecid: 7 }, video: { codec: 'h264' }, audio: null },
      { type: 9, metadata: null, video: { codec: 'h264' }, audio: null },
    ] as const;
    for (const [index, { type, metadata, video, audio }] of cases.entries()) {
      const client = await publishing(`only_${index}`);
      if (metadata !== null) client.metadata(metadata);
      const pace = paceMedia(
        client,
        media.filter((message) => message.type === type),
      );
      const { source } = await house.next('stream:live');
      expect({ video: source.video, audio: source.audio }).toMatchObject({ video, audio });
      client.close();
      await pace;
    }
  });

  test('that a track joins later gives way to one that has it', async () => {
    const client = await publishing('joining');
    const picture = media.filter(({ type }) => type === 9);
    await paceMedia(client, picture, { speed: 1.2 });
    expect((await house.next('stream:live')).source.audio).toBeNull();
    void paceMedia(client, media, { shiftMs: 4000 });
    const { source } = await house.next('stream:live');
    expect(source).toMatchObject({ run: 2, video: { width: 160 }, audio: { codec: 'aac' } });
    client.close();
  });
});

describe('another source begins, behind the last one in media time, when', () => {
  const paced = async (channel: string) => {
    const client = await publishing(channel);
    client.metadata(both);
    const pace = paceMedia(client, media, { speed: 1.2 });
    const { source } = await house.next('stream:live');
    const feed = await readFeed(source.url);
    await pace;
    return { client, source, feed };
  };

  test('the picture changes its size', async () => {
    const { client, source, feed } = await paced('resized');
    sendMedia(client, larger, 4000);
    const next = (await house.next('stream:live')).source;
    expect(next.video).toMatchObject({ width: 320, height: 180 });
    expect(next.run).toBe(source.run + 1);
    await feed.ended;
    const lastMs = Math.max(...feed.frames().map(({ timestampMs }) => timestampMs));
    expect(next.firstMediaMs).toBeGreaterThan(lastMs);
    client.close();
  });

  test.each([
    ['forward by an hour', 3_600_000],
    ['back to zero', -4000],
    ['over the end of 32 bits and further', 0xffff_0000],
  ])('timestamps jump %s', async (_, shiftMs) => {
    const { client, source, feed } = await paced('jumping');
    sendMedia(client, media, 4000 + shiftMs);
    const next = (await house.next('stream:live')).source;
    expect(next.run).toBe(source.run + 1);
    await feed.ended;
    const lastMs = Math.max(...feed.frames().map(({ timestampMs }) => timestampMs));
    expect(next.firstMediaMs).toBeGreaterThan(lastMs);
    expect(next.firstMediaMs).toBeLessThan(source.firstMediaMs + 60_000);
    client.close();
    await house.next('stream:interrupted');
  });

  test('but no storm of them when timestamps jump all the time', async () => {
    const client = await publishing('stormy');
    client.metadata(both);
    const second = media.slice(
      0,
      media.findIndex((message) => message.timestamp > 900),
    );
    for (let jump = 0; jump < 50; jump++) sendMedia(client, second, jump * 1_000_000);
    const { source } = await house.next('stream:live');
    const feed = await readFeed(source.url);
    await feed.until(() => feed.frames().length > 20);
    const times = feed
      .frames()
      .filter(({ type }) => type === 'video')
      .map((tag) => tag.timestampMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(
      house.facts.filter(({ topic, fact }) => topic === 'stream:live' && fact.channel === 'stormy'),
    ).toHaveLength(1);
    feed.close();
    client.close();
  });
});

describe('a reader that does not read', () => {
  test('is left whole groups of pictures behind, and the publisher is told how many frames', async () => {
    const client = await publishing('stalled');
    client.metadata({ videocodecid: 7 });
    const [config] = media.filter(({ type }) => type === 9);
    if (config === undefined) throw new Error('nothing was recorded');
    const frame = (index: number): MediaMessage => {
      const payload = Buffer.alloc(200_000);
      payload.set([index % 25 === 0 ? 0x17 : 0x27, 1, 0, 0, 0]);
      return { ...config, payload, timestamp: index * 40 };
    };
    sendMedia(client, [config, frame(0)]);
    const { source } = await house.next('stream:live');
    const feed = await readFeed(source.url, { paused: true });
    for (let index = 1; index < 300; index++) {
      sendMedia(client, [frame(index)]);
      if (client.socket.writableNeedDrain) {
        await new Promise((resolve) => client.socket.once('drain', resolve));
      }
    }
    for (;;) {
      await house.next('stream:changed');
      const publisher = (await house.directory.byChannel('stalled'))?.publisher;
      if ((publisher?.shedFrames ?? 0) > 50) break;
    }
    feed.response.resume();
    const sending = paceMedia(
      client,
      Array.from({ length: 60 }, (_, index) => frame(300 + index)),
    );
    await feed.until(() => feed.frames().length > 20 && gapsOf(feed.frames()).length > 0);
    for (const { after } of gapsOf(feed.frames())) expect(after.keyframe).toBe(true);
    client.close();
    await sending;
  });

  const gapsOf = (frames: { timestampMs: number; keyframe: boolean }[]) =>
    frames.flatMap((after, index) => {
      const before = frames[index - 1];
      return before !== undefined && after.timestampMs - before.timestampMs > 40 ? [{ after }] : [];
    });
});

test('a publisher that sends no picture or sound is refused with a reason', async () => {
  const client = await publishing('empty');
  client.metadata(both);
  expect((await client.answer())?.description).toContain('No picture or sound');
  await client.closed;
});

test('a publisher that falls silent is lost', async () => {
  const quick = await openIngest({ limits: { silenceMs: 1000 } });
  const client = await RtmpClient.publishing({ port: quick.port(), key: 'key-silent' });
  sendMedia(client, media);
  await quick.next('stream:live');
  expect(await quick.next('stream:interrupted')).toMatchObject({ reason: 'lost' });
  await client.closed;
  await quick.close();
});
