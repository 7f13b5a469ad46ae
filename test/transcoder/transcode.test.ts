import { describe, expect, test } from 'vitest';
import { isAlive } from '../../transcoder/process-table.ts';
import { encoderArgs, testVideo } from '../support/flv-source.ts';
import { packetTimes } from '../support/media-probe.ts';
import { eventually, segmentsOf, type TranscoderHost } from '../support/transcoder-host.ts';
import { stageOf } from '../support/transcoder-stage.ts';

const segments = (on: TranscoderHost, rendition: string, count: number, discontinuity = 0) =>
  eventually(`${count} segments of ${rendition} after ${discontinuity} breaks`, async () => {
    const found = segmentsOf(await on.playlist(rendition));
    return found.filter((each) => each.discontinuity >= discontinuity).length >= count && found;
  });
const onePid = (on: TranscoderHost) =>
  eventually('one ffmpeg', () => {
    const pids = on.ffmpegPids();
    return pids.length === 1 && (pids[0] ?? null);
  });
const advice = async (on: TranscoderHost, code: string) =>
  (await on.entry()).transcodeAdvice.find((each) => each.code === code) ?? null;

/** First presentation time of a segment, s. */
async function startsAt(on: TranscoderHost, rendition: string, uri: string, init: string) {
  const bytes = [await on.media(rendition, init), await on.media(rendition, uri)];
  return Math.min(...(await packetTimes(Buffer.concat(bytes))));
}

/** Every rendition's newest common segment begins within 45 ms of the copied source's. */
async function expectInStep(on: TranscoderHost, discontinuity = 0) {
  const all = await Promise.all(
    ['source', '120p', 'audio'].map((name) => segments(on, name, 2, discontinuity)),
  );
  const uri = all[0]?.findLast((each) =>
    all.every((list) => list.some((other) => other.uri === each.uri)),
  )?.uri;
  expect(uri).toBeDefined();
  const starts = await Promise.all(
    ['source', '120p', 'audio'].map((name, index) => {
      const found = all[index]?.find((each) => each.uri === uri);
      return startsAt(on, name, found?.uri ?? '', found?.init ?? '');
    }),
  );
  for (const start of starts) expect(Math.abs(start - (starts[0] ?? 0))).toBeLessThanOrEqual(0.045);
  return starts[0] ?? 0;
}

describe.concurrent('a stream that goes well', () => {
  test.concurrent('is playable, in step, with facts and a thumbnail, and ends with ENDLIST', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    const { source } = await publish();
    let playable = 0;
    on.context.bus.subscribe('stream:playable', () => {
      playable += 1;
    });
    await on.live(source);
    await eventually('playable', async () => (await on.entry()).playable);
    await expectInStep(on);
    expect(playable).toBe(1);
    const { renditions, transcodeAdvice } = await on.entry();
    expect(renditions).toMatchObject([
      { name: 'source', kind: 'video', copied: true, width: 320, height: 180, fps: 30 },
      { name: '120p', kind: 'video', copied: false, width: 214, height: 120, fps: 30 },
      { name: 'audio', kind: 'audio', copied: true, codecs: 'mp4a.40.2' },
    ]);
    expect(transcodeAdvice).toEqual([]);
    const jpeg = await eventually('a thumbnail', () =>
      on.media('.', 'thumbnail.jpg').catch(() => null),
    );
    expect(jpeg.readUInt16BE(0)).toBe(0xffd8);

    const pid = await onePid(on);
    on.ended();
    await eventually('the end', async () => (await on.playlist('120p')).includes('#EXT-X-ENDLIST'));
    expect(isAlive(pid)).toBe(false);
    expect(on.ffmpegPids()).toEqual([]);
  });

  test.concurrent('goes on after a discontinuity when its encoder comes back', async (context) => {
    const { host, publish, comeBack } = stageOf(context);
    const on = await host();
    const first = await publish();
    await on.live(first.source);
    await segments(on, '120p', 2);
    on.interrupted();
    await first.close();
    const before = await startsAt(on, 'source', 'seg-1.m4s', 'init-1.mp4');
    await on.live((await comeBack(first)).source);
    const after = await expectInStep(on, 1);
    expect(after).toBeGreaterThan(before);
    expect(segmentsOf(await on.playlist('source')).at(-1)?.discontinuity).toBe(1);
  });

  test.concurrent('an encoder that stays away leaves no ffmpeg and no restarts', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    const first = await publish();
    await on.live(first.source);
    await segments(on, '120p', 1);
    on.interrupted();
    await first.close();
    await eventually('no ffmpeg', () => on.ffmpegPids().length === 0);
    await eventually('the end is logged', () =>
      on.logged.some((line) => line['msg'] === 'ffmpeg ended' && line['exit'] === 'input_ended'),
    );
    expect(on.logged.filter((line) => line['msg'] === 'transcode began')).toHaveLength(1);
  });

  test.concurrent('the server ends its ffmpeg when it stops', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    await on.live((await publish()).source);
    const pid = await onePid(on);
    await on.transcoder.stop();
    expect(isAlive(pid)).toBe(false);
  });
});

test.concurrent.for([
  ['sound', ['audio'], { video: null }],
  ['pictures', ['source', '120p'], { audio: null }],
] as const)('a source of %s alone plays', async ([_, names, tracks], context) => {
  const { host, publish } = stageOf(context);
  const on = await host();
  const sound = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-c:a', 'aac'];
  const args = 'video' in tracks ? sound : encoderArgs({ audio: false });
  await on.live((await publish({ args, ...tracks })).source);
  await eventually('playable', async () => (await on.entry()).playable);
  for (const name of names) await segments(on, name, 2);
  expect((await on.entry()).renditions.map(({ name }) => name)).toEqual(names);
});

test.concurrent('captions in the source are declared', async (context) => {
  const { host, publish } = stageOf(context);
  const on = await host();
  await on.live((await publish({ captions: true })).source);
  const playlist = await eventually('the multivariant playlist', async () => {
    const response = await fetch(`${on.url}/index.m3u8`);
    return response.ok && (await response.text());
  });
  expect(playlist).toMatch(/#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,.*INSTREAM-ID="CC1"/);
});

describe.concurrent('an ffmpeg that fails', () => {
  test.concurrent('and is killed is replaced; the stream goes on after a discontinuity', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    await on.live((await publish()).source);
    await segments(on, '120p', 2);
    const pid = await onePid(on);
    const before = await expectInStep(on);
    process.kill(pid, 'SIGKILL');
    const after = await expectInStep(on, 1);
    expect(after).toBeGreaterThan(before);
    expect(await onePid(on)).not.toBe(pid);
  });

  test.concurrent('and hangs is replaced after five seconds', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    await on.live((await publish()).source);
    await segments(on, '120p', 1);
    const pid = await onePid(on);
    const stoppedAt = Date.now();
    process.kill(pid, 'SIGSTOP');
    await segments(on, '120p', 1, 1);
    expect(Date.now() - stoppedAt).toBeGreaterThan(4500);
    expect(isAlive(pid)).toBe(false);
    await expectInStep(on, 1);
  });

  test.concurrent('again and again is told to the broadcaster, and started ever more slowly', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    const { source } = await publish();
    await on.live({ ...source, url: source.url.replace(/:\d+/, ':1') });
    const told = await eventually('advice', () => advice(on, 'transcoder_failing'));
    expect(told).toMatchObject({ level: 'error' });
    expect(on.logged.filter((line) => line['msg'] === 'ffmpeg ended').length).toBeLessThan(6);
    await on.live(source);
    await segments(on, '120p', 1);
    await eventually('no advice', async () => (await on.entry()).transcodeAdvice.length === 0);
  });
});

describe.concurrent('the source rung', () => {
  test.concurrent('with keyframes too far apart is encoded after one discontinuity, also when it comes back', async (context) => {
    const { host, publish, comeBack } = stageOf(context);
    const on = await host();
    const args = encoderArgs({ gopSeconds: 20 });
    const first = await publish({ args });
    await on.live(first.source);
    await segments(on, 'source', 3, 1);
    const { renditions } = await on.entry();
    expect(renditions[0]).toMatchObject({ name: 'source', copied: false, height: 180 });
    expect(await advice(on, 'keyframes_far_apart')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('Settings > Output > Keyframe Interval'),
    });
    expect(segmentsOf(await on.playlist('source')).at(-1)?.discontinuity).toBe(1);
    await expectInStep(on, 1);

    on.interrupted();
    await first.close();
    await on.live((await comeBack(first, { args })).source);
    await segments(on, 'source', 2, 2);
    expect(on.logged.filter((line) => line['msg'] === 'keyframes too far apart')).toHaveLength(1);
  });

  test.concurrent('that browsers do not play is encoded, and the broadcaster told', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    const video = testVideo({ codecs: 'avc1.f4000d', profile: 'High 4:4:4 Predictive' });
    const args = encoderArgs({ pixelFormat: 'yuv444p' });
    await on.live((await publish({ args, video })).source);
    await segments(on, 'source', 1);
    const told = await eventually('advice', () => advice(on, 'source_encoded'));
    expect(told.message).toContain('H.264 High 4:4:4 Predictive');
    expect((await on.entry()).renditions[0]).toMatchObject({ copied: false });
  });
});

test('encoders that fall behind lose the costliest rung, and the stream goes on', async (context) => {
  const { host, publish } = stageOf(context);
  // Four rungs of almost 1080p60 in one thread: more than any processor does in time.
  const rungs = ['1070', '1060', '1050', '1040'].map((lines) => `${lines}p@4000k`).join(',');
  const on = await host({ SEGMENT_MS: '1000', LADDER: rungs }, 1);
  const heavy = await publish({
    args: [
      ...['-re', '-f', 'lavfi', '-i', 'color=gray:size=1920x1080:rate=60'],
      ...['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '60'],
      ...['-c:a', 'aac'],
    ],
    video: testVideo({ width: 1920, height: 1080, fps: 60, codecs: 'avc1.42c02a' }),
  });
  await on.live(heavy.source);
  const told = await eventually('advice', () => advice(on, 'renditions_shed'));
  expect(told.message).toContain('gave up 1070p');
  await eventually('the next run', async () => {
    const { renditions } = await on.entry();
    return renditions.length > 0 && !renditions.some(({ name }) => name === '1070p');
  });
  expect(await on.playlist('1070p')).toBe('');
  await segments(on, 'source', 1, 1);

  // Its encoder comes back a minute later: one rung gets another chance.
  on.skip(61_000);
  await on.live({ ...heavy.source, id: 'again', run: 2, firstMediaMs: heavy.newestMediaMs() });
  const began = await eventually('the run over it', () => {
    const at = on.logged.findIndex((line) => line['sourceRun'] === 2);
    return at >= 0 && on.logged.slice(0, at + 1);
  });
  const shed = began.filter(({ msg }) => msg === 'encoders fell behind, rendition shed').length;
  expect(began.at(-1)?.['renditions']).toHaveLength(5 - shed + 1);
});
