import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, type TestContext, test } from 'vitest';
import type { Source } from '../../platform/stream.ts';
import { type LadderInput, ladderFor } from '../../transcoder/ladder.ts';
import { createProcessRegistry } from '../../transcoder/process-registry.ts';
import { openRunDirectory, type RunDirectory } from '../../transcoder/run-directory.ts';
import { startTranscodeRun } from '../../transcoder/transcode-run.ts';
import { SOFTWARE_ENCODER } from '../../transcoder/video-encoder.ts';
import { createFlvRecorder } from '../support/flv-recorder.ts';
import {
  encoderArgs,
  type FlvSourceOptions,
  startFlvSource,
  testVideo,
} from '../support/flv-source.ts';

const log = pino({ level: 'silent' });

interface Wanted extends Partial<Omit<LadderInput, 'source'>> {
  startAtMs?: number;
}
let runNumber = 0;

/** What one test runs, ended with it: tests run side by side. */
function stageOf({ onTestFinished }: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-run-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const directory = openRunDirectory(dataDir);
  const publish = async (options?: FlvSourceOptions) => {
    const source = await startFlvSource(options);
    onTestFinished(() => source.close());
    return source;
  };
  const transcode = (source: Source, wanted: Wanted = {}) => {
    const started = startRun(directory, source, wanted);
    onTestFinished(async () => {
      started.run.end();
      await started.run.finished;
    });
    return started;
  };
  return { publish, transcode, dataDir };
}

function startRun(directory: RunDirectory, source: Source, { startAtMs, ...wanted }: Wanted) {
  runNumber += 1;
  const number = runNumber;
  const output = createFlvRecorder();
  const ladder = ladderFor({
    source,
    cores: 2,
    setting: [{ lines: 120, bitrate: 150_000 }],
    hardware: false,
    encodeSource: false,
    handedOn: [],
    shed: 0,
    ...wanted,
  });
  const run = startTranscodeRun({
    request: {
      source,
      ladder,
      encoder: SOFTWARE_ENCODER,
      cores: 2,
      socketOf: (rendition) => directory.socketPath(number, rendition),
      startAtMs: startAtMs ?? null,
      segmentMs: 500,
      partMs: 200,
    },
    output,
    registry: createProcessRegistry(directory, log),
    log,
  });
  return { run, output };
}

type Output = ReturnType<typeof createFlvRecorder>;
const keyframesOf = (output: Output, name: string) =>
  output
    .of(name)
    .frames.filter((frame) => frame.keyframe)
    .map((frame) => frame.timeMs + frame.compositionMs);

/** Distance of the nearest of these times, ms. */
const nearest = (times: number[], to: number) =>
  Math.min(...times.map((time) => Math.abs(time - to)));

const OBS_LIKE = [
  ...['-preset', 'veryfast', '-tune', 'film', '-bf', '2', '-rc-lookahead', '10'],
  ...['-b:v', '400k'],
];

describe.concurrent('one timeline for every rendition', () => {
  test.concurrent.for<[string, string[]]>([
    ['a zero-latency encoder', encoderArgs({ gopSeconds: 1 })],
    ['an encoder with B-frames', encoderArgs({ gopSeconds: 1, extra: OBS_LIKE })],
    ['29.97 frames a second', encoderArgs({ fps: '30000/1001', gop: 30 })],
  ])('%s', async ([_, args], context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish({ args });
    const { output } = transcode(source);
    await output.until(() => keyframesOf(output, '120p').length >= 3);

    const encoded = output.ptsOf('120p');
    // Each rendition has a socket of its own: the copied one may be read later.
    await output.until(() => Math.max(...output.ptsOf('source')) > Math.max(...encoded));
    const copied = new Set(output.ptsOf('source').toSorted((a, b) => a - b));
    expect(encoded.filter((pts) => !copied.has(pts))).toEqual([]);
    expect(encoded[0]).toBe(Math.min(...copied));
    const keyframes = keyframesOf(output, '120p');
    expect(keyframes).toEqual(keyframesOf(output, 'source').slice(0, keyframes.length));
    expect(nearest(output.ptsOf('audio'), encoded[0] ?? 0)).toBeLessThanOrEqual(24);
    expect(encoded[0]).toBeGreaterThanOrEqual(source.firstMediaMs);
  });

  test.concurrent('no frame is added or left out', async (context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish();
    const { output } = transcode(source);
    await output.until(() => output.ptsOf('120p').length >= 60);
    const encoded = output.ptsOf('120p');
    expect(encoded).toEqual(output.ptsOf('source').slice(0, encoded.length));
  });
});

describe.concurrent('a run that goes on where another one ended', () => {
  test.concurrent('has its encoded rungs begin on the first keyframe of the copied source from there on', async (context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish({ args: encoderArgs({ gopSeconds: 1 }) });
    const startAtMs = source.firstMediaMs + 1100;
    const { output } = transcode(source, { startAtMs });
    await output.until(() => output.ptsOf('120p').length > 5);
    const first = keyframesOf(output, 'source').find((pts) => pts >= startAtMs);
    expect(output.ptsOf('120p')[0]).toBe(first);
    expect(output.of('120p').frames[0]?.keyframe).toBe(true);
  });
  test.concurrent('begins exactly there when nothing is copied', async (context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish({ args: encoderArgs({ gopSeconds: 10 }) });
    const startAtMs = source.firstMediaMs + 700;
    const { output } = transcode(source, { startAtMs, encodeSource: true });
    await output.until(() => output.ptsOf('120p').length > 5);
    for (const name of ['source', '120p']) {
      expect((output.ptsOf(name)[0] ?? 0) - startAtMs).toBeLessThanOrEqual(34);
      expect(output.of(name).frames[0]).toMatchObject({ keyframe: true });
    }
  });
});

test.concurrent('CEA-608 captions are in every rendition, copied or encoded', async (context) => {
  const { publish, transcode } = stageOf(context);
  const { source } = await publish({ captions: true });
  const { output } = transcode(source);
  await output.until(() => output.ptsOf('120p').length >= 30);
  for (const name of ['source', '120p']) {
    expect(output.of(name).captioned).toBe(output.of(name).frames.length);
  }
});

test.concurrent('a source that is encoded has keyframes by the aim for segments, the same in every rung', async (context) => {
  const { publish, transcode } = stageOf(context);
  const { source } = await publish({ args: encoderArgs({ gopSeconds: 10 }) });
  const { output } = transcode(source, { encodeSource: true });
  await output.until(() =>
    ['source', '120p'].every((name) => keyframesOf(output, name).length >= 4),
  );
  const keyframes = keyframesOf(output, '120p').slice(0, 4);
  expect(keyframesOf(output, 'source').slice(0, 4)).toEqual(keyframes);
  for (const [index, pts] of keyframes.entries()) {
    const gap = pts - (keyframes[index - 1] ?? pts - 500);
    expect(Math.abs(gap - 500)).toBeLessThanOrEqual(34);
  }
});

describe.concurrent('what a source may be made of', () => {
  test.concurrent('video alone', async (context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish({ args: encoderArgs({ audio: false }), audio: null });
    const { output } = transcode(source);
    await output.until(() => output.ptsOf('120p').length > 5 && output.ptsOf('source').length > 5);
  });
  test.concurrent('audio alone', async (context) => {
    const { publish, transcode } = stageOf(context);
    const args = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-c:a', 'aac'];
    const { source } = await publish({ args, video: null });
    const { output } = transcode(source);
    await output.until(() => output.ptsOf('audio').length > 20);
    expect(output.of('audio').tracks[0]).toMatchObject({ codecs: 'mp4a.40.2' });
  });
  test.concurrent('MP3 becomes AAC', async (context) => {
    const { publish, transcode } = stageOf(context);
    const args = encoderArgs({ extra: ['-c:a', 'libmp3lame', '-ar', '44100', '-b:a', '64k'] });
    const audio = { codec: 'mp3' as const, codecs: null, sampleRate: 44_100, channels: 1 };
    const { source } = await publish({ args, audio });
    const { output } = transcode(source);
    await output.until(() => output.ptsOf('audio').length > 20);
    expect(output.of('audio').tracks[0]).toMatchObject({ codecs: 'mp4a.40.2', timescale: 48_000 });
    const video = output.ptsOf('source')[0] ?? 0;
    expect(nearest(output.ptsOf('audio'), video)).toBeLessThanOrEqual(30);
  });
  test.concurrent('H.264 that browsers do not play becomes H.264 that they do', async (context) => {
    const { publish, transcode } = stageOf(context);
    const args = encoderArgs({ pixelFormat: 'yuv444p' });
    const video = testVideo({ codecs: 'avc1.f4000d', profile: 'High 4:4:4 Predictive' });
    const { source } = await publish({ args, video });
    const { output } = transcode(source);
    await output.until(() => output.ptsOf('source').length > 5);
    expect(output.of('source').tracks[0]).toMatchObject({
      codecs: expect.stringMatching(/^avc1.64/),
    });
  });
  test.concurrent('portrait and odd sizes', async (context) => {
    const { publish, transcode } = stageOf(context);
    const args = encoderArgs({ size: '202x358' });
    const { source } = await publish({ args, video: testVideo({ width: 202, height: 358 }) });
    const { output } = transcode(source);
    await output.until(() => output.ptsOf('120p').length > 5);
    expect(output.of('120p').tracks[0]).toMatchObject({ width: 120, height: 212 });
  });
});

describe.concurrent('how a run ends', () => {
  test.concurrent('with its source: everything it wrote is taken, nothing is left behind', async (context) => {
    const { publish, transcode, dataDir } = stageOf(context);
    const published = await publish();
    const { run, output } = transcode(published.source);
    await output.until(() => output.ptsOf('120p').length > 30);
    await published.close();
    expect(await run.finished).toMatchObject({ kind: 'input_ended', code: 0 });
    expect(output.closed).toBe(true);
    expect(output.ptsOf('120p').at(-1)).toBe(output.ptsOf('source').at(-1));
    expect(readdirSync(dataDir, { recursive: true })).toEqual(['run']);
  });
  test.concurrent('when it is asked to, whether it has begun or not', async (context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish();
    const early = transcode(source);
    early.run.end();
    expect(await early.run.finished).toMatchObject({ kind: 'asked' });
    const { run, output } = transcode(source);
    await output.until(() => output.ptsOf('120p').length > 0);
    run.end();
    // What ffmpeg wrote before it noticed would only delay what follows.
    expect(output.closed).toBe(true);
    expect(await run.finished).toMatchObject({ kind: 'asked', signal: 'SIGKILL' });
  });
  test.concurrent.for(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'by somebody else’s %s',
    async (signal, context) => {
      const { publish, transcode, dataDir } = stageOf(context);
      const { source } = await publish();
      const { run, output } = transcode(source);
      await output.until(() => output.ptsOf('120p').length > 0);
      const file = readdirSync(join(dataDir, 'run')).find((name) => name.startsWith('ffmpeg-'));
      process.kill(Number(/\d+/.exec(file ?? '')?.[0]), signal);
      expect(await run.finished).toMatchObject({ kind: 'killed' });
    },
  );
  test.concurrent('crashed, with its last words and without its URLs', async (context) => {
    const { publish, transcode } = stageOf(context);
    const { source } = await publish();
    const { run } = transcode({ ...source, url: source.url.replace(/:\d+/, ':1') });
    const exit = await run.finished;
    expect(exit).toMatchObject({ kind: 'crashed', code: 1 });
    expect(exit.stderr.join('\n')).toMatch(/<url>.*refused/);
    expect(exit.stderr.join('\n')).not.toMatch(/127\.0\.0\.1/);
  });
});
