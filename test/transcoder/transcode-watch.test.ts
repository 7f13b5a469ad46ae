import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { encoderArgs, type FlvSource } from '../support/flv-source.ts';
import { eventually, type TranscoderHost } from '../support/transcoder-host.ts';
import { stageOf } from '../support/transcoder-stage.ts';

const plays = (on: TranscoderHost, rendition: string) =>
  eventually(`media of ${rendition}`, async () =>
    (await on.playlist(rendition)).includes('#EXT-X-PART:'),
  );
const advice = async (on: TranscoderHost, code: string) =>
  (await on.entry()).transcodeAdvice.find((each) => each.code === code) ?? null;

test.concurrent('an ffmpeg that waits for its restart is not judged', async (context) => {
  const { host, publish } = stageOf(context);
  const on = await host();
  const { source } = await publish();
  // Ingest says that media comes in, but nobody can read it.
  const server = createServer((request, response) => {
    response.setHeader('newest-video-ms', Date.now() - source.wallBaseMs);
    response.writeHead(request.method === 'HEAD' ? 200 : 404).end();
  });
  context.onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await on.live({ ...source, url: `http://127.0.0.1:${port}/` });
  const logged = (msg: string) => on.logged.filter((line) => line['msg'] === msg).length;
  await eventually('four failures, then two seconds of waiting', () => logged('ffmpeg ended') >= 4);
  await eventually('the next run', () => {
    on.skip(600);
    return logged('transcode began') >= 5;
  });
  expect(logged('ffmpeg hangs')).toBe(0);
});

describe.concurrent('a healthy ffmpeg is left alone', () => {
  /** The watch has looked at the run so many times more. */
  const watched = (source: FlvSource, times: number) => {
    const before = source.timesAsked();
    return eventually('looks', () => source.timesAsked() >= before + times);
  };
  const interfered = (on: TranscoderHost) =>
    on.logged.filter(({ msg }) => /hangs|fell behind|ffmpeg ended/.test(String(msg)));

  test.concurrent('while the picture pauses and the sound goes on', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    const picture = encoderArgs({ extra: ['-max_interleave_delta', '1'] }).map((arg) =>
      arg.replace(/^testsrc=.*/, '$&:duration=4'),
    );
    const source = await publish({ args: picture });
    await on.live(source.source);
    await eventually('playable', async () => (await on.entry()).playable);
    await eventually('the pause', () => source.newestMs().audio - source.newestMs().video > 2000);
    await watched(source, 4);
    on.skip(6000);
    await watched(source, 4);
    expect(interfered(on)).toEqual([]);
  });

  test.concurrent('while the sound lies 600 ms ahead of the picture', async (context) => {
    const { host, publish } = stageOf(context);
    const on = await host();
    const source = await publish({ audioAheadMs: 600 });
    await on.live(source.source);
    await plays(on, '120p');
    on.skip(10_000);
    await watched(source, 8);
    expect(interfered(on)).toEqual([]);
  });
});

test.concurrent('a rung given up comes back to an unbroken source that has no lag for five minutes', async (context) => {
  const { host, publish } = stageOf(context);
  const on = await host();
  const source = await publish();
  await on.live(source.source);
  await plays(on, '120p');
  on.skip(10_000);
  source.claimAhead(2000);
  const told = await eventually('advice', () => advice(on, 'renditions_shed'));
  expect(told.message).toContain('gave up 120p');
  source.claimAhead(0);
  const began = () => on.logged.filter(({ msg }) => msg === 'transcode began').length;
  await eventually('a run without it', () => began() === 2);
  on.skip(300_000);
  await plays(on, '120p');
  await eventually('no advice', async () => (await advice(on, 'renditions_shed')) === null);
  expect(began()).toBe(3);
});
