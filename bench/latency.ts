import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { measureAvBias } from './support/av-bias.ts';
import { type ClockEncoder, startClockEncoder } from './support/clock-encoder.ts';
import { startNginxRtmp } from './support/nginx-rtmp.ts';
import { startOurSite } from './support/our-site.ts';
import { writePeerPage } from './support/peer-page.ts';
import { figuresOf, p50 } from './support/watching.ts';
import { openWatching } from './support/watching-page.ts';

export const describe = 'glass to glass on loopback, beside nginx-rtmp (--seconds 600)';

const SETTLE_SECONDS = 15;
/** The peer is steady after a minute or two; ten would only take longer. */
const PEER_SECONDS = 120;

interface Watch {
  publishUrl: string;
  watchUrl: string;
  style: 'zero' | 'obs';
  seconds: number;
  /** 2 unless the peer's fragments of a second need keyframes to be cut at. */
  keyframeSeconds: number;
}

type Measured = ReturnType<typeof figuresOf>;

async function measure(browser: Browser, bias: number, watch: Watch): Promise<Measured> {
  const { publishUrl: url, style, keyframeSeconds } = watch;
  const encoder = startClockEncoder({ url, style, keyframeSeconds });
  try {
    return await watchStream(browser, bias, watch, encoder);
  } finally {
    await encoder.stop();
  }
}

async function watchStream(
  browser: Browser,
  bias: number,
  { watchUrl, seconds }: Watch,
  encoder: ClockEncoder,
): Promise<Measured> {
  await delay(3000);
  const watching = await openWatching(browser, watchUrl, { sound: true });
  try {
    await delay(SETTLE_SECONDS * 1000);
    const { sights, avOffsetsMs } = await watching.watch(seconds);
    if (sights.length === 0) {
      throw new Error(`Nothing was to be seen at ${watchUrl}. ffmpeg said: ${encoder.stderr()}`);
    }
    return figuresOf(
      sights,
      avOffsetsMs.map((offset) => offset - bias),
      Date.now(),
    );
  } finally {
    await watching.close();
  }
}

async function measureOurs(
  browser: Browser,
  bias: number,
  { style, seconds }: { style: 'zero' | 'obs'; seconds: number },
): Promise<Measured> {
  const site = await startOurSite();
  say(`Ours, ${style}: ${seconds} s`);
  try {
    const { publishUrl, watchUrl } = site;
    const watch = { publishUrl, watchUrl, style, seconds, keyframeSeconds: 2 };
    return await measure(browser, bias, watch);
  } finally {
    await site.stop();
  }
}

/** @param settings its defaults, or fragments of a second and a player told to stay close */
async function measurePeer(
  browser: Browser,
  bias: number,
  { settings, seconds }: { settings: 'defaults' | 'tuned'; seconds: number },
): Promise<Measured> {
  const page = await writePeerPage();
  const hls = settings === 'tuned' ? { fragment: '1s', playlistLength: '6s' } : {};
  const peer = await startNginxRtmp({ hls, pagesDir: page.dir });
  say(`nginx-rtmp, ${settings}: ${seconds} s`);
  try {
    return await measure(browser, bias, {
      publishUrl: `${peer.rtmpUrl}/clock`,
      watchUrl: page.url(peer.httpUrl, peer.hlsUrl('clock'), settings),
      style: 'zero',
      seconds,
      keyframeSeconds: settings === 'tuned' ? 1 : 2,
    });
  } finally {
    await peer.stop();
    await page.remove();
  }
}

const named = (prefix: string, figures: Measured): Figures =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );

export async function run(args: string[]): Promise<BenchResult> {
  const { seconds, 'peer-seconds': peerSeconds } = numbersFrom(args, {
    seconds: 600,
    'peer-seconds': PEER_SECONDS,
  });
  const browser = await launchBrowser();
  try {
    const biases = [await measureAvBias(browser), await measureAvBias(browser)];
    const bias = p50(biases) ?? 0;
    const ours = {
      zero: await measureOurs(browser, bias, { style: 'zero', seconds }),
      obs: await measureOurs(browser, bias, { style: 'obs', seconds }),
    };
    const forPeer = Math.min(seconds, peerSeconds);
    const defaults = await measurePeer(browser, bias, { settings: 'defaults', seconds: forPeer });
    const tuned = await measurePeer(browser, bias, { settings: 'tuned', seconds: forPeer });
    return {
      bench: 'latency',
      ours: { ...named('zero', ours.zero), ...named('obs', ours.obs) },
      peer: { ...named('defaults', defaults), ...named('tuned', tuned) },
      ratio: rounded((ours.zero.p50Ms ?? Number.NaN) / (tuned.p50Ms ?? Number.NaN)),
      goals: [
        goal('zero-latency encoder, p50 ms', ours.zero.p50Ms, 'most', 450),
        goal('zero-latency encoder, p95 ms', ours.zero.p95Ms, 'most', 600),
        goal('zero-latency encoder, stalls', ours.zero.stalls, 'most', 0),
        goal('OBS-like encoder, p50 ms', ours.obs.p50Ms, 'most', 1100),
        goal('A/V offset, ms', Math.abs(ours.zero.avOffsetMs ?? Number.NaN), 'most', 45),
      ],
      setting: {
        seconds,
        peerSeconds: forPeer,
        settleSeconds: SETTLE_SECONDS,
        picture: '640x360 30/s, keyframe every 2 s; every second for the tuned peer',
        avBiasMs: rounded(bias, 1),
      },
    };
  } finally {
    await browser.close();
  }
}
