import { afterEach, describe, expect, it } from 'vitest';
import { FIRST_MEDIA_MS } from '../../../platform/stream.ts';
import { feed, type Recording, record } from '../../support/flv-feeder.ts';
import { validateLive } from '../../support/llhls-validator.ts';
import {
  audioPlan,
  beginRun,
  type PackagerLive,
  startPackager,
  videoPlan,
} from '../../support/packager-live.ts';

let live: PackagerLive | null = null;

afterEach(async () => {
  await live?.packager.end();
  await live?.live.close();
  live = null;
});

/** Feeds one recording to its end, then ends the stream, under the eyes of the validator. */
async function validated(
  recording: Recording,
  options: { plan?: Parameters<typeof beginRun>[1]; speed?: number; gapsAllowed?: boolean } = {},
) {
  live = await startPackager();
  const { plan = [videoPlan('source'), audioPlan] } = options;
  const run = beginRun(live.packager, plan);
  const videos = plan.filter(({ kind }) => kind === 'video').map(({ name }) => name);
  const fed = feed(run, recording, { speed: options.speed ?? 6, videos });
  await live.playable;
  const watching = validateLive(live.url, {
    seconds: 60,
    gapsAllowed: options.gapsAllowed ?? false,
  });
  await fed;
  await live.packager.end();
  return watching;
}

describe('live output keeps every low-latency rule', () => {
  for (const fps of ['24000/1001', '25', '30000/1001', '30', '50', '60000/1001', '60']) {
    it(`at ${fps} frames a second`, async () => {
      const report = await validated(await record({ seconds: 7, fps, audioRate: 44_100 }));
      expect(report.faults).toEqual([]);
      expect(report.ended).toBe(true);
      expect(report.renditions).toHaveLength(2);
      for (const { playlist, parts, segments } of report.renditions) {
        expect(playlist?.partTarget).toBeGreaterThan(0.15);
        expect(playlist?.partTarget).toBeLessThanOrEqual(0.2);
        expect(playlist?.targetDuration).toBe(4);
        expect(parts).toBeGreaterThan(34);
        expect(segments.map(({ msn }) => msn)).toEqual([1, 2, 3, 4]);
      }
    });
  }

  it('with B-frames', async () => {
    const report = await validated(await record({ seconds: 7, bFrames: 3, fps: '30' }));
    expect(report.faults).toEqual([]);
  });

  it('without audio', async () => {
    const recording = await record({ seconds: 7, audioRate: null });
    const report = await validated(recording, { plan: [videoPlan('source')] });
    expect(report.faults).toEqual([]);
    expect(report.renditions).toHaveLength(1);
  });

  it('with audio alone', async () => {
    const recording = await record({ seconds: 7, fps: null });
    const report = await validated(recording, { plan: [audioPlan] });
    expect(report.faults).toEqual([]);
    expect(report.renditions.map(({ segments }) => segments.length)).toEqual([4]);
  });

  it('over two video renditions, segments aligned', async () => {
    const recording = await record({ seconds: 7 });
    const plan = [videoPlan('source'), videoPlan('360p', false), audioPlan];
    const report = await validated(recording, { plan });
    expect(report.faults).toEqual([]);
    expect(report.renditions).toHaveLength(3);
  });

  it('long enough for delta updates and a sliding window', async () => {
    const report = await validated(await record({ seconds: 80, fps: '25', size: '160x90' }), {
      speed: 16,
    });
    expect(report.faults).toEqual([]);
    for (const { deltas, playlist } of report.renditions) {
      expect(deltas).toBeGreaterThan(5);
      expect(playlist?.mediaSequence).toBeGreaterThan(5);
    }
  });
});

describe('a stream that is not steady', () => {
  it('with keyframes 8 s apart is cut at its target duration, and says so', async () => {
    const report = await validated(await record({ seconds: 20, gop: 8 }));
    // The first segments are promised to be independent before the keyframe that does not come.
    expect(report.faults.filter((fault) => !/is not independent/.test(fault))).toEqual([]);
    expect(live?.longKeyframes).toHaveLength(1);
    expect(live?.longKeyframes[0]).toBeGreaterThan(4);
    const durations = report.renditions.flatMap(({ playlist }) =>
      (playlist?.segments ?? []).map(({ duration }) => duration ?? 0),
    );
    expect(Math.max(...durations)).toBeLessThan(4.5);
  });

  it('goes on after a new run with DISCONTINUITY, a new MAP and the same renditions', async () => {
    live = await startPackager();
    const recording = await record({ seconds: 7 });
    const plan = [videoPlan('source'), videoPlan('360p', false), audioPlan];
    const videos = ['source', '360p'];
    const first = beginRun(live.packager, plan);
    const fed = feed(first, recording, { speed: 6, videos });
    await live.playable;
    const watching = validateLive(live.url, { seconds: 60, gapsAllowed: true });
    await fed;
    first.close();
    const other = await record({ seconds: 7, fps: '25', audioRate: 44_100, size: '426x240' });
    const atMs = FIRST_MEDIA_MS + 15_000;
    await feed(beginRun(live.packager, plan, atMs), other, { speed: 6, atMs, videos });
    await live.packager.end();
    const report = await watching;
    expect(report.faults).toEqual([]);
    for (const { playlist } of report.renditions) {
      const broken = playlist?.segments.filter(({ discontinuity }) => discontinuity) ?? [];
      expect(broken).toHaveLength(1);
      expect(broken[0]?.map).toBe('init-2.mp4');
    }
  });

  it('keeps the rules when timestamps leap forward inside a run', async () => {
    const recording = await record({ seconds: 12 });
    const tags = recording.tags.map((tag) =>
      tag.timestampMs > 5000 ? { ...tag, timestampMs: tag.timestampMs + 700 } : tag,
    );
    const report = await validated({ ...recording, tags }, { gapsAllowed: true });
    expect(report.faults).toEqual([]);
  });

  for (const [where, hole] of Object.entries({
    'inside a group of pictures': { from: 2500, to: 3500 },
    'before a keyframe': { from: 5000, to: 6000 },
  })) {
    it(`leaves no hole where video is missing for a second ${where}`, async () => {
      const whole = await record({ seconds: 9 });
      const tags = whole.tags.filter(
        ({ type, timestampMs }) =>
          type !== 'video' || timestampMs < hole.from || timestampMs >= hole.to,
      );
      const report = await validated({ ...whole, tags });
      expect(report.faults).toEqual([]);
    });
  }

  it('fills with GAP what a rendition missed', async () => {
    live = await startPackager();
    const recording = await record({ seconds: 7 });
    const plan = [videoPlan('source'), videoPlan('360p', false), audioPlan];
    const run = beginRun(live.packager, plan);
    const videos = ['source', '360p'];
    const withhold = (name: string, timeMs: number) => name === '360p' && timeMs >= 2900;
    await feed(run, recording, { speed: 40, videos, withhold });
    run.close();
    const atMs = FIRST_MEDIA_MS + 10_000;
    const again = beginRun(live.packager, plan, atMs);
    await feed(again, recording, { speed: 40, atMs, videos });
    const report = await validateLive(live.url, { seconds: 0, gapsAllowed: true });
    expect(report.faults).toEqual([]);
    const gaps = report.renditions.map(
      ({ playlist }) => playlist?.segments.filter(({ gap }) => gap).length,
    );
    expect(gaps).toEqual([0, 2, 0]);
  });

  it('lets audio go on when video stalls, and video come back', async () => {
    live = await startPackager();
    const recording = await record({ seconds: 16, gop: 1 });
    const run = beginRun(live.packager, [videoPlan('source'), audioPlan]);
    const withhold = (name: string, timeMs: number) =>
      name === 'source' && timeMs > 2500 && timeMs < 10_500;
    const fed = feed(run, recording, { speed: 5, withhold });
    await live.playable;
    const watching = validateLive(live.url, { seconds: 60, gapsAllowed: true });
    await fed;
    await live.packager.end();
    const report = await watching;
    const [video, audio] = report.renditions;
    // Video came back in the middle of its group of pictures.
    const faults = report.faults.filter((fault) => !/segment 4 is not independent/.test(fault));
    expect(faults).toEqual([]);
    expect(video?.playlist?.segments.length).toBe(audio?.playlist?.segments.length);
    const heard = audio?.playlist?.segments.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
    expect(heard).toBeGreaterThan(15.5);
  });
});
