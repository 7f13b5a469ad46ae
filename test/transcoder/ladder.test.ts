import { describe, expect, test } from 'vitest';
import { parseLadder } from '../../platform/settings.ts';
import type { SourceAudio, SourceVideo } from '../../platform/stream.ts';
import { cheaperLadder, type LadderInput, ladderFor } from '../../transcoder/ladder.ts';

const video = (over: Partial<SourceVideo> = {}): SourceVideo => ({
  codec: 'h264',
  profile: 'High',
  codecs: 'avc1.640028',
  width: 1920,
  height: 1080,
  fps: 30,
  ...over,
});
const hevc = video({ codec: 'hevc', profile: 'Main', codecs: 'hvc1.1.6.L120.90' });
const aac: SourceAudio = { codec: 'aac', codecs: 'mp4a.40.2', sampleRate: 48_000, channels: 2 };

type Over = Partial<Omit<LadderInput, 'source' | 'setting'>> & {
  /** As LADDER has it. */
  setting?: string;
  video?: SourceVideo | null;
  audio?: SourceAudio | null;
};
const input = ({ video: picture = video(), audio = aac, setting, ...over }: Over = {}) => ({
  source: { video: picture, audio },
  cores: 2,
  setting: setting === undefined ? null : parseLadder(setting),
  hardware: false,
  encodeSource: false,
  handedOn: [],
  shed: 0,
  ...over,
});
const ladder = (over: Over = {}) => ladderFor(input(over));
const written = (over: Over = {}) =>
  ladder(over).video.map(
    (rung) =>
      `${rung.name} ${rung.copied ? 'copied' : `${rung.width}x${rung.height}@${(rung.bitrate ?? 0) / 1000}k`}`,
  );

describe('by cores', () => {
  test('two cores bear the source copied and one 360p rung', () => {
    expect(written()).toEqual(['source copied', '360p 640x360@600k']);
  });
  test('one core bears the source copied alone', () => {
    expect(written({ cores: 1 })).toEqual(['source copied']);
  });
  test('more cores bear more rungs, each strictly below the source', () => {
    expect(written({ cores: 4 })).toEqual([
      'source copied',
      '720p 1280x720@2500k',
      '360p 640x360@600k',
    ]);
    expect(written({ cores: 8, video: video({ width: 1280, height: 720 }) })).toEqual([
      'source copied',
      '480p 854x480@1200k',
      '360p 640x360@600k',
    ]);
  });
  test('a working hardware encoder lifts the bound of the cores', () => {
    expect(written({ hardware: true })).toHaveLength(4);
  });
  test('60 frames a second get half as many bits again', () => {
    expect(written({ video: video({ fps: 60 }) })[1]).toBe('360p 640x360@900k');
  });
  test('a source of 360 lines gets no rung beside it', () => {
    expect(written({ video: video({ width: 640, height: 360 }) })).toEqual(['source copied']);
  });
});

describe('sizes', () => {
  test.each([
    ['portrait counts its shorter side', 1080, 1920, '360p 360x640@600k'],
    ['an ultrawide picture keeps its aspect', 2560, 1080, '360p 854x360@600k'],
    ['odd sides become even', 1365, 767, '360p 640x360@600k'],
    ['4:3 stays 4:3', 1440, 1080, '360p 480x360@600k'],
  ])('%s', (_, width, height, rung) => {
    expect(written({ video: video({ width, height }) })[1]).toBe(rung);
  });
});

describe('the LADDER setting', () => {
  test('lists the rungs below the source, which comes first unasked', () => {
    expect(written({ setting: '360p@500k,720p@2000k' })).toEqual([
      'source copied',
      '720p 1280x720@2000k',
      '360p 640x360@500k',
    ]);
  });
  test('source alone means no rung', () => {
    expect(written({ setting: 'source', cores: 16 })).toEqual(['source copied']);
  });
  test('a rung at or above the height of the source is left out', () => {
    const small = video({ width: 1280, height: 720 });
    expect(written({ setting: '1080p@5000k,720p@2500k,360p@600k', video: small })).toEqual([
      'source copied',
      '360p 640x360@600k',
    ]);
  });
});

describe('what is copied', () => {
  test.each([
    ['HEVC', { codec: 'hevc', codecs: 'hvc1.1.6.L120.90' }],
    ['AV1', { codec: 'av1', codecs: 'av01.0.08M.08' }],
    ['H.264 High 10', { codecs: 'avc1.6e0028' }],
    ['H.264 High 4:4:4', { codecs: 'avc1.f40028' }],
  ] as const)('%s is encoded to H.264 at its own size', (_, over) => {
    expect(written({ video: video(over) })).toEqual(['source 1920x1080@4590k']);
  });
  test('HEVC also as it comes, where ffmpeg hands it on, above H.264 of its own size', () => {
    const over = { video: hevc, handedOn: ['hevc'] as const, cores: 8 };
    expect(written(over)).toEqual([
      'source copied',
      '1080p 1920x1080@4590k',
      '720p 1280x720@2500k',
      '480p 854x480@1200k',
      '360p 640x360@600k',
    ]);
    expect(written({ ...over, handedOn: ['av1'] })[0]).toBe('source 1920x1080@4590k');
    expect(written({ ...over, encodeSource: true })[0]).toBe('source 1920x1080@4590k');
  });
  test.each(['avc1.42c01f', 'avc1.4d401f', 'avc1.640028', null])('%s is copied', (codecs) => {
    expect(ladder({ video: video({ codecs }) }).video[0]?.copied).toBe(true);
  });
  test('a source with keyframes too far apart is encoded', () => {
    expect(ladder({ encodeSource: true }).video[0]?.copied).toBe(false);
  });
  test.each([
    ['AAC-LC', aac, true],
    ['HE-AAC', { ...aac, codecs: 'mp4a.40.5' }, true],
    ['AAC Main', { ...aac, codecs: 'mp4a.40.1' }, false],
    ['MP3', { ...aac, codec: 'mp3', codecs: null }, false],
  ] as const)('%s audio', (_, audio, copied) => {
    expect(ladder({ audio }).audio?.copied).toBe(copied);
  });
});

test('a source without video has one audio rendition, one without audio none', () => {
  expect(ladder({ video: null })).toEqual({
    video: [],
    audio: { name: 'audio', kind: 'audio', copied: true },
  });
  expect(ladder({ audio: null }).audio).toBeNull();
});

describe('shedding', () => {
  test('takes the costliest encoded rung first and never the copied source', () => {
    expect(written({ cores: 8, shed: 1 })).toEqual([
      'source copied',
      '480p 854x480@1200k',
      '360p 640x360@600k',
    ]);
    expect(written({ cores: 8, shed: 9 })).toEqual(['source copied']);
  });
  test('an encoded source goes before the smaller rungs', () => {
    expect(written({ encodeSource: true, setting: '360p@600k', shed: 1 })).toEqual([
      '360p 640x360@600k',
    ]);
  });
  test('the only video there is gets smaller, down to 180 lines', () => {
    const sizes = [0, 1, 2, 3, 4, 5, 6].map(
      (shed) => ladder({ encodeSource: true, shed }).video[0]?.height,
    );
    expect(sizes).toEqual([1080, 720, 480, 360, 240, 180, 180]);
  });
  test('of the last that every browser plays makes it smaller, also beside a copy', () => {
    const over = { video: hevc, handedOn: ['hevc'] as const };
    expect(written({ ...over, shed: 1 })).toEqual(['source copied', '720p 1280x720@2500k']);
    expect(written({ ...over, shed: 9 })).toEqual(['source copied', '180p 320x180@310k']);
  });
  test('says when nothing can get cheaper', () => {
    const canShed = (over: Over) => cheaperLadder(input(over)) !== null;
    expect(canShed({})).toBe(true);
    expect(canShed({ shed: 1 })).toBe(false);
    expect(canShed({ encodeSource: true, shed: 4 })).toBe(true);
    expect(canShed({ encodeSource: true, shed: 5 })).toBe(false);
  });
});
