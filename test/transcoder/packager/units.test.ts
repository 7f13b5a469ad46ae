import { describe, expect, it } from 'vitest';
import { parseRange, slices } from '../../../transcoder/packager/byte-range.ts';
import { hasCaptions } from '../../../transcoder/packager/captions-detector.ts';
import { parseFileName } from '../../../transcoder/packager/file-names.ts';
import { AudioClock, VideoClock } from '../../../transcoder/packager/frame-clock.ts';
import { renderMultivariantPlaylist } from '../../../transcoder/packager/multivariant-playlist.ts';
import { type CutPart, PartCutter } from '../../../transcoder/packager/part-cutter.ts';
import { partTargetMs } from '../../../transcoder/packager/part-target.ts';
import { Timeline, targetDurationOf } from '../../../transcoder/packager/timeline.ts';

const VIDEO_RATES = [24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60];
const AUDIO_FRAMES = [44_100, 48_000].flatMap((rate) => [1_024_000 / rate, 2_048_000 / rate]);
const DATA = Buffer.alloc(4);

/** Parts of a steady stream whose timestamps are rounded to whole milliseconds, as FLV has them. */
function cut(frameMs: number, ceilingMs: number, count = 400) {
  const parts: CutPart[] = [];
  const targetTicks = Math.floor(partTargetMs(ceilingMs, frameMs) * 90);
  const cutter = new PartCutter({
    targetTicks,
    onPart: (part) => parts.push(part),
  });
  for (let frame = 0; frame < count; frame++) {
    const time = Math.round(frame * frameMs) * 90;
    cutter.push({ time, composition: 0, keyframe: true, data: DATA }, frameMs * 90);
  }
  const start = (part: CutPart) => part.samples[0]?.time ?? 0;
  return { targetTicks, lengths: parts.map((part) => part.end - start(part)), parts };
}

describe('PART-TARGET', () => {
  it('keeps the ceiling and every full part within 85 % of it, at any rate of video and audio', () => {
    for (const ceiling of [100, 150, 200, 333, 500, 1000]) {
      for (const frameMs of [...VIDEO_RATES.map((fps) => 1000 / fps), ...AUDIO_FRAMES]) {
        const target = partTargetMs(ceiling, frameMs);
        expect(target).toBeLessThanOrEqual(ceiling);
        expect(target).toBeGreaterThan(ceiling - frameMs);
        const { lengths, targetTicks } = cut(frameMs, ceiling);
        expect(lengths.length).toBeGreaterThan(5);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(targetTicks);
        expect(Math.min(...lengths)).toBeGreaterThanOrEqual(0.85 * targetTicks);
      }
    }
  });

  it('is one frame where a frame is longer than the ceiling', () => {
    expect(partTargetMs(200, 500)).toBe(500);
    expect(partTargetMs(200, 1000 / 3)).toBeCloseTo(333.33, 1);
  });

  it('is four frames at 23.976, five at 29.97, six at 30', () => {
    expect(partTargetMs(200, 1001 / 24)).toBe(167);
    expect(partTargetMs(200, 1001 / 30)).toBe(167);
    expect(partTargetMs(200, 1000 / 30)).toBe(200);
  });
});

describe('a part', () => {
  it('comes out with its last frame, before the frame that follows', () => {
    expect(cut(1000 / 30, 200, 6).parts).toHaveLength(1);
    expect(cut(1000 / 30, 200, 5).parts).toHaveLength(0);
    expect(cut(1000 / 60, 200, 12).parts).toHaveLength(1);
  });

  it('is never longer than the target when frames are dropped', () => {
    const parts: CutPart[] = [];
    const cutter = new PartCutter({
      targetTicks: 18_000,
      onPart: (part) => parts.push(part),
    });
    for (const ms of [0, 33, 67, 400, 433, 600, 633, 667, 700, 733, 767]) {
      cutter.push({ time: ms * 90, composition: 0, keyframe: true, data: DATA }, 3000);
    }
    for (const { samples, end } of parts) {
      expect(end - (samples[0]?.time ?? 0)).toBeLessThanOrEqual(18_000);
      expect(end).toBeGreaterThan(samples.at(-1)?.time ?? 0);
    }
    expect(parts.flatMap(({ samples }) => samples)).toHaveLength(11);
  });
});

describe('video that is missing', () => {
  const sample = (ms: number, keyframe = false) => ({
    ...{ time: ms * 90, composition: 0, keyframe, data: DATA },
  });
  const cutter = (parts: CutPart[]) =>
    new PartCutter({
      targetTicks: 18_000,
      longestHoleTicks: 270_000,
      onPart: (part) => parts.push(part),
    });
  const frames = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => Math.round(from + (index * 100) / 3));
  /** Every part within the target, and each beginning where the one before it ended. */
  const expectContiguous = (parts: CutPart[]) => {
    for (const [index, { samples, end }] of parts.entries()) {
      const start = samples[0]?.time ?? 0;
      expect(end - start).toBeLessThanOrEqual(18_000);
      if (index > 0) expect(start).toBe(parts[index - 1]?.end);
    }
  };

  it('leaves the decode timeline whole, and every frame is shown when it says', () => {
    const parts: CutPart[] = [];
    const made = cutter(parts);
    const times = [...frames(0, 18), ...frames(1467, 30)];
    for (const ms of times) made.push(sample(ms), 3000);
    expectContiguous(parts);
    const shown = parts.flatMap(({ samples }) =>
      samples.map(({ time, composition }) => time + composition),
    );
    expect(shown).toEqual(times.slice(0, shown.length).map((ms) => ms * 90));
    expect(parts.at(-1)?.samples.at(-1)?.composition).toBe(0);
  });

  it('before a segment is filled with the picture that the segment begins with', () => {
    const parts: CutPart[] = [];
    const made = cutter(parts);
    for (const ms of frames(0, 18)) made.push(sample(ms), 3000);
    made.flush(1500 * 90);
    made.fillWith(sample(1500, true), 3000);
    expectContiguous(parts);
    expect(parts.at(-1)?.end).toBe(1500 * 90);
    expect(parts.slice(3).every(({ samples }) => samples[0]?.keyframe)).toBe(true);
  });

  it('for longer than a source may stall stays missing', () => {
    const parts: CutPart[] = [];
    const made = cutter(parts);
    for (const ms of [...frames(0, 6), ...frames(5000, 6)]) made.push(sample(ms), 3000);
    expect(parts.map(({ samples }) => samples[0]?.time)).toEqual([0, 450_000]);
  });
});

describe('the clock of audio', () => {
  const clock = () => new AudioClock(48_000, 1024);
  const frame = (timeMs: number) => ({ timeMs, compositionMs: 0, keyframe: true, data: DATA });

  it('counts samples, so that rounded timestamps leave no gaps', () => {
    const audio = clock();
    const times = Array.from({ length: 500 }, (_, index) =>
      audio.push(frame(Math.round((index * 1024) / 48))),
    ).flat();
    expect(times.every(({ time }, index) => time === index * 1024)).toBe(true);
  });

  it('is set right when it is off by more than 30 ms, and never goes back', () => {
    const audio = clock();
    audio.push(frame(0));
    expect(audio.push(frame(500))[0]?.time).toBe(24_000);
    expect(audio.push(frame(400))).toEqual([]);
    expect(audio.push(frame(520))[0]?.time).toBe(24_000 + 1024);
  });
});

describe('the clock of video', () => {
  const frames = (fps: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      timeMs: Math.round((index * 1000) / fps),
      compositionMs: 0,
      keyframe: index === 0,
      data: DATA,
    }));

  it('believes the declared rate once three frames agree with it', () => {
    const clock = new VideoClock(90_000, [30_000 / 1001]);
    const out = frames(29.97, 3).map((frame) => clock.push(frame).length);
    expect(out).toEqual([0, 0, 3]);
    expect(clock.frameTicks).toBeCloseTo(3003, 0);
  });

  it('measures when nothing, or nonsense, is declared', () => {
    for (const [declared, fps] of [
      [null, 25],
      [1000, 30],
      [30, 60],
      [60, 24],
      [null, 50],
    ] as const) {
      const clock = new VideoClock(90_000, [declared]);
      for (const frame of frames(fps, 12)) clock.push(frame);
      expect(clock.frameTicks).toBeCloseTo(90_000 / fps, 0);
    }
  });

  it('keeps the declared rate when captured frames come early and late', () => {
    const offsets = [0, 7, -6, 3, -8, 8, -2, 5];
    const clock = new VideoClock(90_000, [30]);
    for (const [index, frame] of frames(30, 8).entries()) {
      clock.push({ ...frame, timeMs: frame.timeMs + 10 + (offsets[index] ?? 0) });
    }
    expect(clock.frameTicks).toBe(3000);
  });

  it('takes a measured hint as the usual rate it is nearest to', () => {
    const clock = new VideoClock(90_000, [30.03]);
    for (const frame of frames(30, 3)) clock.push(frame);
    expect(clock.frameTicks).toBe(3000);
  });

  it('puts decode times on the presentation timeline and never goes back', () => {
    const clock = new VideoClock(90_000, [25]);
    const pushed = [
      { timeMs: 0, compositionMs: 80, keyframe: true, data: DATA },
      { timeMs: 40, compositionMs: 200, keyframe: false, data: DATA },
      { timeMs: 80, compositionMs: 40, keyframe: false, data: DATA },
      { timeMs: 60, compositionMs: 0, keyframe: false, data: DATA },
    ].flatMap((frame) => clock.push(frame));
    expect(pushed.map(({ time }) => time)).toEqual([7200, 10_800, 14_400, 14_490]);
    expect(pushed.map(({ composition }) => composition)).toEqual([0, 10_800, -3600, -7200]);
  });
});

describe('the timeline', () => {
  const timeline = (segmentMs = 2000) => {
    const lengths = { segmentMs, targetDuration: targetDurationOf(segmentMs) };
    const made = new Timeline(lengths);
    made.beginRun(1000);
    made.open(10_000);
    return made;
  };

  it('ends segments at the first keyframe from the aim on', () => {
    const at = (timeMs: number, gopMs = 2000) =>
      timeline().isBoundary({ timeMs, gopMs, keyframe: true });
    expect(at(11_000, 1000)).toBe(false);
    expect(at(11_960)).toBe(true);
    expect(timeline().isBoundary({ timeMs: 12_500, gopMs: 2000, keyframe: false })).toBe(false);
  });

  it('takes an earlier keyframe when the next one would come too late', () => {
    expect(timeline().isBoundary({ timeMs: 11_500, gopMs: 3500, keyframe: true })).toBe(true);
  });

  it('keeps TARGETDURATION at 4 unless segments are aimed longer', () => {
    expect([500, 2000, 4000, 6000, 6500].map(targetDurationOf)).toEqual([4, 4, 4, 6, 7]);
  });

  it('lays segments over a hole, and leaps over a very long one', () => {
    const short = timeline();
    short.advance(10_000 + 11_000);
    const starts = [1, 2, 3, 4].map((msn) => short.slot(msn)?.startMs);
    expect(starts).toEqual([10_000, 14_490, 18_980, 21_000]);
    expect(short.slot(3)?.endMs).toBe(21_000);
    const long = timeline();
    long.advance(10_000_000);
    expect(long.slot(1)?.endMs).toBe(14_490);
    expect(long.slot(2)?.startMs).toBe(10_000_000);
  });

  it('lets dates grow over runs whose clocks disagree', () => {
    const made = timeline();
    made.endRun(14_000);
    made.beginRun(500);
    expect(made.open(14_100)).toMatchObject({ msn: 2, discontinuity: 1, wallBaseMs: 900 });
  });
});

describe('names and ranges', () => {
  it('only our own file names are read', () => {
    expect(parseFileName('seg-12.m4s')).toEqual({ type: 'segment', number: 12 });
    expect(parseFileName('init-1.mp4')).toEqual({ type: 'init', number: 1 });
    for (const name of [
      'seg-1.mp4',
      'seg--1.m4s',
      'seg-01.m4s',
      '..',
      'seg-1.m4s/..',
      'part-.m4s',
      '%2e%2e',
    ]) {
      expect(parseFileName(name)).toBeNull();
    }
  });

  it('ranges are cut out of buffers without copying', () => {
    expect(parseRange('bytes=2-5', 10)).toEqual({ start: 2, end: 5 });
    expect(parseRange('bytes=-3', 10)).toEqual({ start: 7, end: 9 });
    expect(parseRange('bytes=4-', 10)).toEqual({ start: 4, end: 9 });
    expect(parseRange('bytes=10-', 10)).toBe('unsatisfiable');
    expect(parseRange('bytes=0-1,4-5', 10)).toBeNull();
    const buffers = [Buffer.from('abc'), Buffer.from('def'), Buffer.from('ghi')];
    expect(slices(buffers, { start: 2, end: 6 }).map(String)).toEqual(['c', 'def', 'g']);
  });
});

describe('captions', () => {
  const sei = (first: number, second: number) => {
    const payload = [
      4,
      14,
      0xb5,
      0,
      0x31,
      0x47,
      0x41,
      0x39,
      0x34,
      3,
      0xc1,
      0xff,
      0xfc,
      first,
      second,
      0xff,
      0x80,
    ];
    const size = Buffer.alloc(4);
    size.writeUInt32BE(payload.length + 1);
    return Buffer.concat([size, Buffer.from([6, ...payload])]);
  };
  const format = { codec: 'h264' as const, nalLengthBytes: 4 };

  it('are seen when there are characters, not padding', () => {
    const slice = Buffer.from([0, 0, 0, 2, 0x65, 1]);
    expect(hasCaptions(Buffer.concat([sei(0x94, 0x2c), slice]), format)).toBe(true);
    expect(hasCaptions(Buffer.concat([sei(0x80, 0x80), slice]), format)).toBe(false);
    expect(hasCaptions(slice, format)).toBe(false);
    expect(hasCaptions(Buffer.from([0, 0, 0, 200, 6, 1]), format)).toBe(false);
  });

  it('are declared once seen, and not denied before', () => {
    const video = {
      ...{
        name: 'source',
        uri: 's/source/index.m3u8',
        kind: 'video' as const,
        codecs: 'avc1.64001f',
      },
      ...{ peakBitrate: 2_000_000.4, averageBitrate: 1_500_000, width: 1280, height: 720 },
      ...{ fps: 30_000 / 1001, channels: null },
    };
    const rendered = (captions: boolean) =>
      renderMultivariantPlaylist({ variants: [video], independentSegments: true, captions });
    expect(rendered(true)).toMatch(/TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",.*INSTREAM-ID="CC1"/);
    expect(rendered(true)).toMatch(/FRAME-RATE=29\.970,CLOSED-CAPTIONS="cc"\ns\/source/);
    // CEA-608 does not say its language.
    expect(rendered(true)).not.toContain('LANGUAGE');
    expect(rendered(false)).not.toContain('CLOSED-CAPTIONS');
    expect(rendered(false)).toContain('BANDWIDTH=2000001,AVERAGE-BANDWIDTH=1500000');
  });
});
