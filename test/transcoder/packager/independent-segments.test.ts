import { expect, type TestContext, test } from 'vitest';
import { type FlvTag, writeFlvHeader, writeFlvTag } from '../../../platform/media/flv-tag.ts';
import { parseVideoTag } from '../../../platform/media/video-tag.ts';
import { FIRST_MEDIA_MS } from '../../../platform/stream.ts';
import type { PackagerRun } from '../../../transcoder/packager/stream-packager.ts';
import { feed, record } from '../../support/flv-feeder.ts';
import { validateLive } from '../../support/llhls-validator.ts';
import { audioPlan, beginRun, startPackager, videoPlan } from '../../support/packager-live.ts';

const PLAN = [videoPlan('source'), videoPlan('360p', false), audioPlan];

/** What one rendition gets of these tags, in one piece. */
function bytesOf(tags: FlvTag[], type: 'audio' | 'video'): Buffer {
  const wanted = tags.filter((tag) => tag.type === type);
  return Buffer.concat([
    writeFlvHeader({ hasVideo: true, hasAudio: true }),
    ...wanted.map((tag) =>
      writeFlvTag({ type, body: tag.body, timestampMs: tag.timestampMs + FIRST_MEDIA_MS }),
    ),
  ]);
}

/** Presentation time of the first frame. */
function firstShownMs(tags: FlvTag[]): number {
  const times = tags.flatMap(({ type, body, timestampMs }) => {
    const frame = type === 'video' ? parseVideoTag(body) : null;
    return frame?.kind === 'frame' ? [timestampMs + frame.compositionMs] : [];
  });
  return Math.min(...times);
}

async function packagerOf({ onTestFinished }: TestContext) {
  const started = await startPackager({ replacesLongKeyframes: true });
  onTestFinished(async () => {
    await started.packager.end();
    await started.live.close();
  });
  return started;
}

const bursts: [string, (run: PackagerRun, tags: FlvTag[]) => void][] = [
  [
    'the picture that decides first',
    (run, tags) => {
      for (const name of ['source', '360p']) run.push(name, bytesOf(tags, 'video'));
      run.push('audio', bytesOf(tags, 'audio'));
    },
  ],
  [
    'the picture that decides last',
    (run, tags) => {
      run.push('audio', bytesOf(tags, 'audio'));
      for (const name of ['360p', 'source']) run.push(name, bytesOf(tags, 'video'));
    },
  ],
];

test.for(
  bursts.flatMap(([order, push]) =>
    [[0], [0, 1.4]].map((keyframesAt) => ({ order, push, keyframesAt })),
  ),
)(
  'a run that is to be replaced begins no segment without a keyframe, however much comes at once: keyframes at $keyframesAt s, $order',
  async ({ push, keyframesAt }, context) => {
    const { packager, url, longKeyframes } = await packagerOf(context);
    const { tags } = await record({ seconds: 7, keyframesAt });
    push(beginRun(packager, PLAN), tags);
    expect(longKeyframes).toHaveLength(1);
    const atMs = packager.publishedMs() ?? 0;
    expect(atMs - FIRST_MEDIA_MS).toBeGreaterThan(4000);
    expect(atMs - FIRST_MEDIA_MS).toBeLessThan(4490);
    const next = beginRun(packager, PLAN, Math.floor(atMs));
    await feed(next, await record({ seconds: 5 }), {
      ...{ speed: 100, atMs: Math.ceil(atMs), videos: ['source', '360p'] },
    });
    await packager.end();
    const report = await validateLive(url.replace('index', 'stream1/index'), { seconds: 20 });
    expect(report.faults).toEqual([]);
    for (const { segments, playlist } of report.renditions) {
      expect(segments.every(({ startsWithSync }) => startsWithSync)).toBe(true);
      expect(playlist?.segments.filter(({ gap }) => gap)).toEqual([]);
    }
  },
);

test('a rung beside a source with open groups of pictures has segments that begin with their keyframe', async (context) => {
  const { packager, url } = await packagerOf(context);
  const source = await record({ seconds: 7, openGops: true, bFrames: 3 });
  const rung = await record({ seconds: 7 });
  const delayMs = firstShownMs(source.tags) - firstShownMs(rung.tags);
  const run = beginRun(packager, PLAN);
  run.push('source', bytesOf(source.tags, 'video'));
  run.push(
    '360p',
    bytesOf(
      rung.tags.map((tag) => ({ ...tag, timestampMs: tag.timestampMs + delayMs })),
      'video',
    ),
  );
  run.push('audio', bytesOf(source.tags, 'audio'));
  await packager.end();
  const report = await validateLive(url.replace('index', 'stream1/index'), { seconds: 20 });
  expect(report.faults).toEqual([]);
  const of = (name: string) => report.renditions.find((one) => one.url.includes(`/${name}/`));
  const [copied, encoded] = [of('source'), of('360p')];
  expect(copied?.segments).toHaveLength(4);
  // The source does have pictures that are shown before the keyframe that they follow.
  expect(
    copied?.segments.some(({ presentedMs, keyframeMs }) => presentedMs < keyframeMs - 30),
  ).toBe(true);
  expect(encoded?.segments.every(({ startsWithSync }) => startsWithSync)).toBe(true);
});
