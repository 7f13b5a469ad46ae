import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { type Encoder, startEncoder } from '../../support/encoder.ts';
import {
  type LiveSite,
  openWatchPage,
  position,
  startLiveSite,
  untilPlayed,
  untilStatus,
} from '../support/live-viewing.ts';

let browser: Browser;
let site: LiveSite;
let encoder: Encoder;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startLiveSite();
  encoder = startEncoder({ url: site.publishUrl, keyframeSeconds: 1 });
  context = await browser.newContext();
  page = await openWatchPage(context, site.watchUrl);
  await untilStatus(page, 'playing');
});

afterAll(async () => {
  await context?.close();
  await browser?.close();
  await encoder?.stop('SIGKILL');
  await site?.stop();
});

test('the left arrow goes back five seconds, and the badge returns to live', async () => {
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 6);
  const before = await position(page);

  await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', { name: 'Go live' }).waitFor();
  expect(await position(page)).toBeLessThan(before);
  await untilPlayed(page, 1);

  await page.getByRole('button', { name: 'Go live' }).press('Enter');
  await page.locator('.live-badge[data-live=true]').waitFor();
  expect(await position(page)).toBeGreaterThan(before);
});

test('audio only plays on without a picture, and Auto brings the picture back', async () => {
  await choose('Audio only');
  await page.locator('.overlay-audio').waitFor();
  await page.waitForFunction(() => document.querySelector('video')?.videoWidth === 0);
  await untilPlayed(page, 2);

  await choose('Auto');
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
  await untilPlayed(page, 1);
});

/** By keyboard: the pointer has to wait for the controls to fade in. */
async function choose(quality: string): Promise<void> {
  await page.getByRole('button', { name: 'Quality' }).press('Enter');
  const item = page.getByRole('menuitemradio', { name: quality });
  await page.locator('media-chrome-menu-item:focus').first().waitFor();
  await item.press('Enter');
}
