import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { feed, type Recording, record } from '../../support/flv-feeder.ts';
import { audioPlan, beginRun, startPackager, videoPlan } from '../../support/packager-live.ts';

const PAGE = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
const video = document.querySelector('video');
const hls = new Hls({ lowLatencyMode: true, liveSyncDuration: 0.8, maxLiveSyncPlaybackRate: 1 });
const seen = [];
hls.loadSource(location.hash.slice(1));
hls.attachMedia(video);
hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
setInterval(() => seen.push({ at: performance.now(), time: video.currentTime,
  frames: video.getVideoPlaybackQuality().totalVideoFrames }), 20);
</script>`;

let browser: Browser;
let recording: Recording;
let pageUrl: string;
const server = createServer(async (request, response) => {
  if (request.url === '/hls.js') {
    response.setHeader('content-type', 'text/javascript');
    response.end(await readFile('node_modules/hls.js/dist/hls.min.js'));
  } else {
    response.setHeader('content-type', 'text/html');
    response.end(PAGE);
  }
});

beforeAll(async () => {
  browser = await launchBrowser();
  recording = await record({ seconds: 12 });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  pageUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

interface Sight {
  at: number;
  time: number;
  frames: number;
}

/** Plays a live stream whose video misses these ms: what the page saw around them. */
async function watch(hole: { fromMs: number; toMs: number }) {
  const live = await startPackager();
  const run = beginRun(live.packager, [videoPlan('source'), audioPlan]);
  const withhold = (name: string, timeMs: number) =>
    name === 'source' && timeMs >= hole.fromMs && timeMs < hole.toMs;
  const fed = feed(run, recording, { speed: 1, withhold });
  await live.playable;
  // hls.js wants one whole segment to begin.
  const firstSegment = `${live.live.url}/live/demo/stream1/source/seg-1.m4s`;
  await expect.poll(async () => (await fetch(firstSegment)).status, { timeout: 10_000 }).toBe(200);
  const page = await browser.newPage();
  await page.goto(`${pageUrl}#${live.url}`);
  await fed;
  const passed = hole.toMs / 1000 + 1.5;
  await page.waitForFunction(`video.currentTime > ${passed}`, null, { timeout: 30_000 });
  const seen = await page.evaluate<Sight[]>('seen');
  const ranges = await page.evaluate<number>('video.buffered.length');
  await page.close();
  await live.packager.end();
  await live.live.close();
  const nearby = seen.filter(({ time }) => time > hole.fromMs / 1000 - 0.3 && time < passed);
  return { ranges, ...pauses(nearby) };
}

/** The longest that the position stood still, and the longest that no new picture came, ms. */
function pauses(seen: Sight[]) {
  const longest = (of: (sight: Sight) => number) => {
    let since: Sight | undefined;
    let found = 0;
    for (const sight of seen) {
      if (since === undefined || of(sight) !== of(since)) since = sight;
      found = Math.max(found, sight.at - since.at);
    }
    return found;
  };
  return { stall: longest(({ time }) => time), frozen: longest(({ frames }) => frames) };
}

describe('a second without video, with sound going on', () => {
  const holes = {
    'in the middle of a group of pictures': { fromMs: 6300, toMs: 7300 },
    'with a keyframe': { fromMs: 7000, toMs: 8000 },
  };
  for (const [where, hole] of Object.entries(holes)) {
    it.concurrent(`is a still picture when it ends ${where}: one range, no stall`, async () => {
      const { ranges, stall, frozen } = await watch(hole);
      expect(ranges).toBe(1);
      expect(stall).toBeLessThan(1000);
      // Holes in what is buffered keep Chromium's picture still for more than 3 s.
      expect(frozen).toBeLessThan(2500);
    });
  }
});
