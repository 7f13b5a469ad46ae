import { describe, expect, it } from 'vitest';
import { AppError } from '../../../platform/errors.ts';
import { parseAacConfig } from '../../../platform/media/aac-config.ts';
import { parseAudioTag } from '../../../platform/media/audio-tag.ts';
import { parseAvcConfig } from '../../../platform/media/avc-config.ts';
import { FlvReader, writeFlvHeader, writeFlvTag } from '../../../platform/media/flv-tag.ts';
import { parseVideoConfig } from '../../../platform/media/video-config.ts';
import { parseVideoTag } from '../../../platform/media/video-tag.ts';
import { ffmpegBytes, tagsOf } from './ffmpeg-flv.ts';

const source = (size: string, rate: string) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`],
  ...['-f', 'lavfi', '-i', 'sine=sample_rate=44100', '-t', '1'],
];
const h264 = (...args: string[]) => ['-c:v', 'libx264', '-preset', 'ultrafast', ...args];
const flv = ['-c:a', 'aac', '-ac', '2', '-f', 'flv'];

async function videoOf(size: string, rate: string, args: string[]) {
  const tags = tagsOf(await ffmpegBytes([...source(size, rate), ...args, ...flv]));
  return tags.filter((tag) => tag.type === 'video').map((tag) => parseVideoTag(tag.body));
}

function configOf(tags: ReturnType<typeof parseVideoTag>[]) {
  const config = tags.find((tag) => tag.kind === 'config');
  if (config === undefined) throw new Error('no configuration in the FLV');
  return parseAvcConfig(config.data);
}

/** One box of a type anywhere in an MP4, without its header. */
function boxIn(mp4: Buffer, type: string): Buffer {
  const at = mp4.indexOf(type, 0, 'latin1');
  return mp4.subarray(at + 4, at - 4 + mp4.readUInt32BE(at - 4));
}

describe('FLV tags', () => {
  it('come out the same whatever the chunks they arrive in', async () => {
    const bytes = await ffmpegBytes([...source('320x180', '30'), ...h264(), ...flv]);
    const whole = tagsOf(bytes);
    expect(whole.length).toBeGreaterThan(60);
    for (const size of [1, 7, 1000]) expect(tagsOf(bytes, size)).toEqual(whole);
  });

  it('are written as they are read, timestamps above 24 bits included', () => {
    const body = Buffer.from([0xaf, 1, 9, 9]);
    const tags = [0, 40, 0xffffff + 5, 0xfffffff0].map((timestampMs) => ({
      type: 'audio' as const,
      timestampMs,
      body,
    }));
    const bytes = Buffer.concat([
      writeFlvHeader({ hasVideo: true, hasAudio: true }),
      ...tags.map(writeFlvTag),
    ]);
    expect(tagsOf(bytes, 3)).toEqual(tags);
  });

  it('larger than the limit and foreign bytes are refused with a reason', () => {
    const reader = new FlvReader({ onTag: () => {}, maxTagBytes: 100 });
    reader.push(writeFlvHeader({ hasVideo: true, hasAudio: true }));
    const large = writeFlvTag({ type: 'video', timestampMs: 0, body: Buffer.alloc(101) });
    expect(() => reader.push(large)).toThrow(/larger than the 100 allowed/);
    const foreign = new FlvReader({ onTag: () => {} });
    expect(() => foreign.push(Buffer.from('HTTP/1.1 404 Not Found'))).toThrow(AppError);
  });
});

describe('H.264 configuration', () => {
  it('gives the shown size, the declared rate and the reordering', async () => {
    const zeroLatency = configOf(
      await videoOf('642x362', '30000/1001', h264('-tune', 'zerolatency')),
    );
    expect(zeroLatency).toMatchObject({
      codec: 'h264',
      width: 642,
      height: 362,
      nalLengthBytes: 4,
    });
    expect(zeroLatency.fps).toBeCloseTo(29.97, 2);
    expect(zeroLatency.reorderFrames).toBe(0);
    const film = ['-preset', 'medium', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-bf', '3'];
    const reordered = configOf(await videoOf('1920x1080', '24', ['-c:v', 'libx264', ...film]));
    expect(reordered).toMatchObject({ profile: 'High', width: 1920, height: 1080, fps: 24 });
    expect(reordered.codecs).toMatch(/^avc1\.6400[0-9a-f]{2}$/);
    expect(reordered.reorderFrames).toBeGreaterThan(0);
  });

  it('names keyframes and composition offsets', async () => {
    const tags = await videoOf('320x180', '25', ['-c:v', 'libx264', '-bf', '2', '-g', '25']);
    const frames = tags.filter((tag) => tag.kind === 'frame');
    expect(frames[0]?.keyframe).toBe(true);
    expect(frames.filter((frame) => frame.keyframe)).toHaveLength(1);
    expect(frames.some((frame) => frame.compositionMs > 0)).toBe(true);
  });

  it('of zero size, cut short or random throws AppError and nothing else', async () => {
    const tags = await videoOf('320x180', '25', h264());
    const avcC = tags.find((tag) => tag.kind === 'config')?.data ?? Buffer.alloc(0);
    for (let length = 0; length < avcC.length; length++) {
      try {
        parseAvcConfig(avcC.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }
    for (let index = 8; index < avcC.length; index++) {
      const changed = Buffer.from(avcC);
      changed[index] = (changed[index] ?? 0) ^ 0xff;
      try {
        parseAvcConfig(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }
    // Baseline, 16x16 with all 16 columns cropped away.
    const zero = Buffer.from([1, 66, 0, 30, 255, 225, 0, 7, 0x67, 66, 0, 30, 0xdd, 0xf1, 0x3d]);
    expect(() => parseAvcConfig(zero)).toThrow(/0x16 pixels cannot be shown/);
  });
});

describe('HEVC and AV1 configuration', () => {
  it('gives size and codecs string of hvcC', async () => {
    const args = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-an'];
    const mp4 = await ffmpegBytes([
      ...source('642x362', '30'),
      ...args,
      ...['-x265-params', 'log-level=none', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4'],
    ]);
    const config = parseVideoConfig('hevc', boxIn(mp4, 'hvcC'));
    expect(config).toMatchObject({ codec: 'hevc', profile: 'Main', width: 642, height: 362 });
    expect(config.codecs).toMatch(/^hvc1\.1\.6\.L\d+\.90$/);
    expect(() => parseVideoConfig('hevc', Buffer.alloc(30, 1))).toThrow(AppError);
  });

  it('gives size and codecs string of av1C', async () => {
    const args = [
      '-c:v',
      'libaom-av1',
      '-cpu-used',
      '8',
      '-usage',
      'realtime',
      '-frames:v',
      '3',
      '-an',
    ];
    const mp4 = await ffmpegBytes([
      ...source('320x180', '30'),
      ...args,
      ...['-movflags', 'frag_keyframe+empty_moov+delay_moov', '-f', 'mp4'],
    ]);
    const config = parseVideoConfig('av1', boxIn(mp4, 'av1C'));
    expect(config).toMatchObject({ codec: 'av1', profile: 'Main', width: 320, height: 180 });
    expect(config.codecs).toMatch(/^av01\.0\.\d\dM\.08$/);
    expect(() => parseVideoConfig('av1', Buffer.from([0x81, 0, 0]))).toThrow(AppError);
  });
});

describe('Enhanced RTMP video messages', () => {
  const message = (packetType: number, fourCc: string, rest: number[]) =>
    Buffer.from([0x80 | 0x10 | packetType, ...Buffer.from(fourCc), ...rest]);

  it('carry HEVC, AV1 and H.264 with their own layouts', () => {
    expect(parseVideoTag(message(0, 'hvc1', [1, 2]))).toMatchObject({
      codec: 'hevc',
      kind: 'config',
    });
    const frame = parseVideoTag(message(1, 'hvc1', [0xff, 0xff, 0xfe, 7, 8]));
    expect(frame).toMatchObject({ kind: 'frame', keyframe: true, compositionMs: -2 });
    expect([...frame.data]).toEqual([7, 8]);
    expect([...parseVideoTag(message(3, 'hvc1', [7])).data]).toEqual([7]);
    expect([...parseVideoTag(message(1, 'av01', [7, 8, 9])).data]).toEqual([7, 8, 9]);
    expect(parseVideoTag(message(2, 'avc1', [])).kind).toBe('end');
  });

  it('with a ModEx prefix are read, further tracks are left aside', () => {
    const modEx = Buffer.from([0x97, 2, 1, 2, 3, 0x03, ...Buffer.from('hvc1'), 9]);
    expect([...parseVideoTag(modEx).data]).toEqual([9]);
    expect(parseVideoTag(Buffer.from([0x96, 0, 0])).kind).toBe('other');
  });

  it('of a codec we cannot take are refused by name', () => {
    expect(() => parseVideoTag(message(0, 'vp09', []))).toThrow(/vp09 cannot be taken/);
    expect(() => parseVideoTag(Buffer.from([0x12]))).toThrow(/Sorenson H\.263/);
    for (const bytes of [[], [0x17], [0x90], [0x97, 255], [0x90, 1, 2]]) {
      expect(() => parseVideoTag(Buffer.from(bytes))).toThrow(AppError);
    }
  });
});

describe('AAC', () => {
  it('configuration gives rate, channels and frame length as ffmpeg wrote them', async () => {
    const tags = tagsOf(await ffmpegBytes([...source('320x180', '25'), ...h264(), ...flv]));
    const audio = tags.filter((tag) => tag.type === 'audio').map((tag) => parseAudioTag(tag.body));
    expect(audio[0]).toMatchObject({ codec: 'aac', kind: 'config' });
    expect(parseAacConfig(audio[0]?.data ?? Buffer.alloc(0))).toEqual({
      codecs: 'mp4a.40.2',
      sampleRate: 44_100,
      channels: 2,
      samplesPerFrame: 1024,
    });
    expect(audio.slice(1).every((tag) => tag.kind === 'frame')).toBe(true);
  });

  it('with SBR and parametric stereo counts in the decoded rate', () => {
    const he = parseAacConfig(Buffer.from([0x2b, 0x11, 0x88, 0x00]));
    expect(he).toEqual({
      codecs: 'mp4a.40.5',
      sampleRate: 48_000,
      channels: 2,
      samplesPerFrame: 2048,
    });
    const late = parseAacConfig(Buffer.from([0x13, 0x90, 0x56, 0xe5, 0xa0]));
    expect(late).toEqual({
      codecs: 'mp4a.40.5',
      sampleRate: 44_100,
      channels: 2,
      samplesPerFrame: 2048,
    });
  });

  it('bad bytes throw AppError', () => {
    for (const bytes of [[], [0x12], [0, 0], [0x17, 0x80]]) {
      expect(() => parseAacConfig(Buffer.from(bytes))).toThrow(AppError);
    }
    for (const bytes of [[], [0xaf], [0x90, 1]]) {
      expect(() => parseAudioTag(Buffer.from(bytes))).toThrow(AppError);
    }
  });

  it('other codecs are named', () => {
    expect(parseAudioTag(Buffer.from([0x2f, 1])).codec).toBe('mp3');
    expect(parseAudioTag(Buffer.from([0x90, ...Buffer.from('Opus'), 1])).codec).toBe('opus');
  });
});
