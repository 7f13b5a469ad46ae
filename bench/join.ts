import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { type BenchResult, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { startClockEncoder } from './support/clock-encoder.ts';
import { startNginxRtmp } from './support/nginx-rtmp.ts';
import { startOurSite } from './support/our-site.ts';
import { writePeerPage } from './support/peer-page.ts';
import { p50, p95 } from './support/watching.ts';

export const describe = 'navigation to first decoded frame, beside nginx-rtmp (--runs 20)';

/** Long enough for the peer's playlist to hold its first fragments. */
const STREAM_AGE_MS = 15_000;

/** Notes when the first frame of the first video element is on screen. Runs in the browser. */
function noteFirstFrame(): void {
  const look = () => {
    const video = document.querySelector('video');
    if (video === null) {
      requestAnimationFrame(look);
      return;
    }
    video.requestVideoFrameCallback(() => {
      Reflect.set(window, '__firstFrameMs', performance.now());
    });
  };
  look();
}

async function joinOnce(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(noteFirstFrame);
  try {
    await page.goto(url, { waitUntil: 'commit' });
    const first = await page.waitForFunction(() => Reflect.get(window, '__firstFrameMs'), null, {
      polling: 50,
      timeout: 30_000,
    });
    return Number(await first.jsonValue());
  } finally {
    await context.close();
  }
}

async function joinOften(browser: Browser, url: string, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    times.push(await joinOnce(browser, url));
    // Off the beat of keyframes, so that runs begin anywhere between two.
    await delay(170 + Math.random() * 700);
  }
  return times;
}

async function measureOurs(browser: Browser, runs: number): Promise<number[]> {
  const site = await startOurSite();
  const encoder = startClockEncoder({ url: site.publishUrl });
  say(`Ours: ${runs} joins`);
  try {
    await delay(STREAM_AGE_MS);
    return await joinOften(browser, site.watchUrl, runs);
  } finally {
    await encoder.stop();
    await site.stop();
  }
}

async function measurePeer(browser: Browser, runs: number): Promise<number[]> {
  const page = await writePeerPage();
  const peer = await startNginxRtmp({
    hls: { fragment: '1s', playlistLength: '6s' },
    pagesDir: page.dir,
  });
  const encoder = startClockEncoder({ url: `${peer.rtmpUrl}/clock` });
  say(`nginx-rtmp: ${runs} joins`);
  try {
    await delay(STREAM_AGE_MS);
    return await joinOften(browser, page.url(peer.httpUrl, peer.hlsUrl('clock'), 'tuned'), runs);
  } finally {
    await encoder.stop();
    await peer.stop();
    await page.remove();
  }
}

const figures = (times: number[]) => ({
  p50Ms: rounded(p50(times) ?? Number.NaN, 0),
  p95Ms: rounded(p95(times) ?? Number.NaN, 0),
  runs: times.length,
});

export async function run(args: string[]): Promise<BenchResult> {
  const { runs } = numbersFrom(args, { runs: 20 });
  const browser = await launchBrowser();
  try {
    const ours = figures(await measureOurs(browser, runs));
    const peer = figures(await measurePeer(browser, runs));
    return {
      bench: 'join',
      ours,
      peer,
      ratio: rounded(ours.p50Ms / peer.p50Ms),
      goals: [goal('p50 ms', ours.p50Ms, 'most', 700)],
      setting: { picture: '640x360 30/s, keyframe every 2 s', context: 'fresh each time' },
    };
  } finally {
    await browser.close();
  }
}
