import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adviseOn } from '../../ingest/publisher-advice.ts';
import { PublisherMeter } from '../../ingest/publisher-facts.ts';
import type { PublisherFacts } from '../../platform/stream.ts';
import { startEncoder } from '../support/encoder.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { paceMedia, recordMedia } from './support/recorded-media.ts';

const DECLARED = {
  protocol: 'rtmp',
  codec: 'h264',
  profile: 'High',
  width: 1280,
  height: 720,
  encoder: 'test',
  audio: null,
} as const;

/** Feeds a meter `seconds` of 25 frames a second as `change` makes them, and samples it each second. */
function measured(
  seconds: number,
  change: (
    index: number,
  ) => Partial<{ skip: boolean; late: number; composition: number }> = () => ({}),
  options: { mediaSpeed?: number; keyframeEvery?: number } = {},
) {
  const { mediaSpeed = 1, keyframeEvery = 50 } = options;
  const meter = new PublisherMeter(0);
  for (let second = 0; second < seconds; second++) {
    for (let frame = 0; frame < 25; frame++) {
      const index = second * 25 + frame;
      const { skip = false, late = 0, composition = 0 } = change(index);
      if (skip) continue;
      meter.videoFrame({
        size: 5000,
        mediaMs: 10_000 + index * 40 * mediaSpeed,
        keyframe: index % keyframeEvery === 0,
        compositionMs: composition,
        latenessMs: late,
        jumped: false,
      });
    }
    meter.sample((second + 1) * 1000);
  }
  const facts = meter.facts(DECLARED, 0, seconds * 1000);
  return { facts, advice: adviseOn(facts, meter.recent()).map(({ code }) => code) };
}

describe('of a steady encoder', () => {
  const { facts, advice } = measured(31);
  test('frame rate, bitrates, keyframe interval and pace are measured', () => {
    expect(facts).toMatchObject({
      fps: 25,
      bitrate: 1_000_000,
      bitrate30s: 1_000_000,
      keyframeSeconds: 2,
      hasBFrames: false,
      uptimeSeconds: 31,
      droppedFrames: 0,
      lateFrames: 0,
      realTimeRatio: 1,
    });
  });
  test('there is nothing to advise', () => expect(advice).toEqual([]));
});

test('frames missing in the timestamps are counted and complained of', () => {
  const { facts, advice } = measured(20, (index) => ({ skip: index > 100 && index % 20 < 2 }));
  expect(facts.droppedFrames).toBeGreaterThanOrEqual(38);
  expect(advice).toEqual(['frames_dropped']);
});

test('frames that come late are counted and complained of', () => {
  const { facts, advice } = measured(20, (index) => ({ late: index % 25 < 2 ? 600 : 0 }));
  expect(facts.lateFrames).toBe(40);
  expect(advice).toEqual(['frames_late']);
});

test('an encoder slower than real time is told so', () => {
  const { facts, advice } = measured(20, () => ({}), { mediaSpeed: 0.8 });
  expect(facts.realTimeRatio).toBe(0.8);
  expect(advice).toContain('slower_than_real_time');
});

test('keyframes more than 4 s apart are told with the setting, also before the second one came', () => {
  expect(measured(14, () => ({}), { keyframeEvery: 150 }).advice).toEqual([
    'keyframe_interval_long',
  ]);
  expect(measured(6, () => ({}), { keyframeEvery: 1000 }).advice).toEqual([
    'keyframe_interval_long',
  ]);
});

test('B-frames are told to cost latency', () => {
  const { facts, advice } = measured(5, (index) => ({ composition: (index % 3) * 40 }));
  expect(facts.hasBFrames).toBe(true);
  expect(advice).toEqual(['b_frames']);
});

describe('of a real encoder with B-frames', () => {
  let house: IngestHouse;
  let facts: PublisherFacts;
  let advice: string[];
  beforeAll(async () => {
    house = await openIngest();
    const encoder = startEncoder({
      url: house.url('key-alice'),
      fps: '30000/1001',
      keyframeSeconds: 6,
      bFrames: 2,
      bitrate: '600k',
      preset: 'veryfast',
    });
    for (;;) {
      await house.next('stream:changed');
      const entry = await house.directory.byChannel('alice');
      if (!entry?.publisher || entry.publisher.uptimeSeconds < 7) continue;
      facts = entry.publisher;
      advice = entry.ingestAdvice.map(({ code }) => code);
      break;
    }
    await encoder.stop();
  });
  afterAll(() => house.close());

  test('the facts are those it was set to', () => {
    expect(facts).toMatchObject({ protocol: 'rtmp', codec: 'h264', width: 320, height: 180 });
    expect(facts.audio).toMatchObject({ codec: 'aac', sampleRate: 48_000, channels: 2 });
    expect(facts.encoder).toMatch(/^Lavf/);
    expect(facts.hasBFrames).toBe(true);
    expect(facts.fps).toBeGreaterThan(29);
    expect(facts.fps).toBeLessThan(31);
    expect(facts.keyframeSeconds).toBeCloseTo(6, 0);
    expect(facts.bitrate30s).toBeGreaterThan(200_000);
  });

  test('the advice names keyframes and B-frames', () => {
    expect(advice).toEqual(expect.arrayContaining(['keyframe_interval_long', 'b_frames']));
  });
});

test('an encoder that sends at two thirds of real time is told so while its stream goes on', async () => {
  const house = await openIngest();
  const client = await RtmpClient.publishing({ port: house.port(), key: 'key-slow' });
  const stop = new AbortController();
  const sending = paceMedia(client, await recordMedia({ seconds: 8 }), {
    speed: 0.66,
    signal: stop.signal,
  });
  for (;;) {
    await house.next('stream:changed');
    const entry = await house.directory.byChannel('slow');
    const advice = entry?.ingestAdvice.find(({ code }) => code === 'slower_than_real_time');
    if (advice === undefined) continue;
    expect(advice.message).toMatch(/of real time.*Lower its resolution/);
    expect(entry?.publisher?.realTimeRatio).toBeLessThan(0.8);
    expect(entry?.state).toBe('live');
    break;
  }
  stop.abort();
  await sending;
  client.close();
  await house.close();
});
