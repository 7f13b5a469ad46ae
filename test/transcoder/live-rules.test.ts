import { afterEach, expect, test } from 'vitest';
import { encoderArgs, type FlvSource, startFlvSource } from '../support/flv-source.ts';
import { validateLive } from '../support/llhls-validator.ts';
import {
  eventually,
  startTranscoderHost,
  type TranscoderHost,
} from '../support/transcoder-host.ts';

const hosts: TranscoderHost[] = [];
const sources: FlvSource[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  await Promise.all(sources.splice(0).map((source) => source.close()));
});

async function playing(gopSeconds: number) {
  const on = await startTranscoderHost({ settings: { LADDER: '120p@150k' } });
  hosts.push(on);
  const bFrames = ['-preset', 'superfast', '-tune', 'film', '-bf', '2', '-rc-lookahead', '5'];
  const source = await startFlvSource({ args: encoderArgs({ gopSeconds, extra: bFrames }) });
  sources.push(source);
  await on.live(source.source);
  await eventually('playable', async () => (await on.entry()).playable);
  return { on, source };
}

/** Nothing that the validator sees from now on breaks a rule; time may be missing where a run ended. */
async function expectRulesKept(on: TranscoderHost, seconds: number) {
  const report = await validateLive(`${on.url}/index.m3u8`, { seconds, gapsAllowed: true });
  expect(report.faults).toEqual([]);
  expect(report.renditions).toHaveLength(3);
  return report.renditions.map(({ playlist }) => playlist);
}

test('a killed ffmpeg breaks no rule of LL-HLS', async () => {
  const { on } = await playing(1);
  const kept = expectRulesKept(on, 9);
  await eventually('some segments', async () =>
    (await on.playlist('source')).includes('seg-1.m4s'),
  );
  process.kill(on.ffmpegPids()[0] ?? Number.NaN, 'SIGKILL');
  await kept;
  expect(await on.playlist('source')).toContain('#EXT-X-DISCONTINUITY\n');
});

test('an encoder that comes back with its own settings breaks none', async () => {
  const { on, source } = await playing(1);
  const kept = expectRulesKept(on, 12);
  await eventually('some segments', async () =>
    (await on.playlist('source')).includes('seg-1.m4s'),
  );
  on.interrupted();
  await source.close();
  const back = await startFlvSource({
    args: encoderArgs({ fps: '25', gopSeconds: 2, size: '426x240' }),
    video: { ...(source.source.video ?? never()), width: 426, height: 240, fps: 25 },
    run: 2,
    wallBaseMs: source.source.wallBaseMs,
    firstMediaMs: source.newestMediaMs() + 1000,
  });
  sources.push(back);
  await on.live(back.source);
  await kept;
  expect(await on.playlist('120p')).toContain('#EXT-X-DISCONTINUITY\n');
});

test('keyframes eight seconds apart break none, before and after the source is encoded', async () => {
  const { on } = await playing(8);
  await expectRulesKept(on, 14);
  expect((await on.entry()).renditions[0]).toMatchObject({ copied: false });
});

function never(): never {
  throw new Error('the source of the test has video');
}
