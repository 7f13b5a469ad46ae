import { expect, test } from 'vitest';
import { encoderArgs, testVideo } from '../support/flv-source.ts';
import { parseFragments } from '../support/llhls/mp4-bytes.ts';
import { parseMediaPlaylist } from '../support/llhls/playlist-text.ts';
import { validateLive } from '../support/llhls-validator.ts';
import { eventually, type TranscoderHost } from '../support/transcoder-host.ts';
import { LADDER, stageOf, type TranscoderStage } from '../support/transcoder-stage.ts';

/** A stream that plays, from an encoder with B-frames. */
async function playing({ host, publish }: TranscoderStage, gopSeconds: number) {
  const on = await host({ LADDER });
  const bFrames = ['-preset', 'superfast', '-tune', 'film', '-bf', '2', '-rc-lookahead', '5'];
  const source = await publish({ args: encoderArgs({ gopSeconds, extra: bFrames }) });
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

test.concurrent.for([
  ['30', 60],
  ['30000/1001', 60],
  ['60000/1001', 120],
] as const)(
  'an encoded rung has keyframes within its segments, each at the beginning of a part, at %s frames a second',
  async ([fps, gop], context) => {
    const { host, publish } = stageOf(context);
    const on = await host({ LADDER });
    const [over, under = '1'] = fps.split('/');
    const video = testVideo({ fps: Number(over) / Number(under) });
    const { source } = await publish({ args: encoderArgs({ fps, gop }), video });
    await on.live(source);
    await eventually('playable', async () => (await on.entry()).playable);
    await expectRulesKept(on, 7);
    const { segments } = parseMediaPlaylist(await on.playlist('120p'));
    const whole = segments.filter(({ uri, parts }) => uri !== null && parts.length > 0);
    expect(whole.length).toBeGreaterThanOrEqual(2);
    for (const { parts, duration } of whole) {
      expect(duration).toBeCloseTo(2, 1);
      const independent = parts.flatMap((part, index) => (part.independent ? [index] : []));
      expect(independent).toEqual([0, Math.ceil(parts.length / 2)]);
      for (const index of independent) {
        const bytes = await on.media('120p', parts[index]?.uri ?? '');
        expect(parseFragments(bytes)[0]?.sync.indexOf(true)).toBe(0);
      }
    }
  },
);

test.concurrent('a killed ffmpeg breaks no rule of LL-HLS', async (context) => {
  const { on } = await playing(stageOf(context), 1);
  const kept = expectRulesKept(on, 9);
  await eventually('some segments', async () =>
    (await on.playlist('source')).includes('seg-1.m4s'),
  );
  process.kill(on.ffmpegPids()[0] ?? Number.NaN, 'SIGKILL');
  await kept;
  expect(await on.playlist('source')).toContain('#EXT-X-DISCONTINUITY\n');
});

test.concurrent('an encoder that comes back with its own settings breaks none', async (context) => {
  const stage = stageOf(context);
  const { on, source } = await playing(stage, 1);
  const kept = expectRulesKept(on, 12);
  await eventually('some segments', async () =>
    (await on.playlist('source')).includes('seg-1.m4s'),
  );
  on.interrupted();
  await source.close();
  const back = await stage.comeBack(source, {
    args: encoderArgs({ fps: '25', gopSeconds: 2, size: '426x240' }),
    video: testVideo({ width: 426, height: 240, fps: 25 }),
  });
  await on.live(back.source);
  await kept;
  expect(await on.playlist('120p')).toContain('#EXT-X-DISCONTINUITY\n');
});

test.concurrent('keyframes eight seconds apart break none, before and after the source is encoded', async (context) => {
  const { on } = await playing(stageOf(context), 8);
  await expectRulesKept(on, 14);
  expect((await on.entry()).renditions[0]).toMatchObject({ copied: false });
});
