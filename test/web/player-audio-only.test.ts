import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import {
  type LiveSite,
  openWatchPage,
  startLiveSite,
  untilHeard,
  untilPlayed,
  untilStatus,
} from './support/live-viewing.ts';

let browser: Browser;
let site: LiveSite;
let context: BrowserContext;
let encoder: Encoder | null = null;

const publish = (options: { video?: boolean }) => {
  encoder = startEncoder({ url: site.publishUrl, keyframeSeconds: 1, ...options });
};

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  site = await startLiveSite();
  context = await browser.newContext();
});

afterEach(async () => {
  await context?.close();
  await encoder?.stop('SIGKILL');
  encoder = null;
  await site?.stop();
});

async function choose(page: Page, quality: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Quality' }).click();
  await page.getByRole('menuitemradio', { name: quality }).click();
}

const untilPicture = (page: Page) =>
  page.waitForFunction(
    () => {
      const video = document.querySelector('video');
      return (
        video !== null &&
        video.videoHeight > 0 &&
        video.getVideoPlaybackQuality().totalVideoFrames > 0
      );
    },
    null,
    { timeout: 30_000, polling: 100 },
  );

it('a stream without a picture plays its sound, and says in the picture’s place that it has none', async () => {
  publish({ video: false });
  const page = await openWatchPage(context, site.watchUrl);
  await untilStatus(page, 'playing');
  await untilPlayed(page, 1);
  await untilHeard(page);
  const place = page.locator('.overlay-audio');
  expect(await place.isVisible()).toBe(true);
  expect(await place.textContent()).toContain('This stream is sound alone');
});

it('sound alone can be chosen in the quality menu, and the picture comes back from there', async () => {
  publish({});
  const page = await openWatchPage(context, site.watchUrl);
  await untilStatus(page, 'playing');
  await untilPicture(page);
  expect(await page.locator('.overlay-audio').count()).toBe(0);

  await choose(page, 'Audio only');
  await page.locator('.overlay-audio').waitFor();
  await page.waitForFunction(() => document.querySelector('video')?.videoHeight === 0, null, {
    timeout: 30_000,
  });
  await untilStatus(page, 'playing');
  await untilPlayed(page, 1);
  await untilHeard(page);

  await choose(page, /^Auto/);
  await untilPicture(page);
  await untilStatus(page, 'playing');
  await untilPlayed(page, 1);
  await untilHeard(page);
  expect(await page.locator('.overlay-audio').count()).toBe(0);
});
