import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { type Readings, type Sight, startReading, takeReadings } from './clock-reader.ts';

/** A reading is taken this often, so that the page keeps little. */
const READ_EVERY_MS = 2000;

export interface Watching {
  page: Page;
  /** Reads the burned clock for so long; `onReadings` sees each batch as it comes. */
  watch(seconds: number, onReadings?: (readings: Readings) => void): Promise<Readings>;
  close(): Promise<void>;
}

/** Opens a page with a video on it, in a browser context of its own, and waits for it to play. */
export async function openWatching(
  browser: Browser,
  url: string,
  options: { sound: boolean; timeoutMs?: number },
): Promise<Watching> {
  // Reading sound needs a worklet of the bench's own, which the pages' policy forbids.
  const context = await browser.newContext({
    bypassCSP: true,
    viewport: { width: 1280, height: 720 },
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(
    () => {
      const video = document.querySelector('video');
      return video !== null && !video.paused && video.currentTime > 0 && video.videoWidth > 0;
    },
    null,
    { timeout: options.timeoutMs ?? 30_000, polling: 100 },
  );
  await startReading(page, { sound: options.sound });
  return {
    page,
    watch: (seconds, onReadings) => watch(page, seconds, onReadings),
    close: () => context.close(),
  };
}

async function watch(
  page: Page,
  seconds: number,
  onReadings?: (readings: Readings) => void,
): Promise<Readings> {
  const sights: Sight[] = [];
  const avOffsetsMs: number[] = [];
  let unreadable = 0;
  await takeReadings(page);
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    await delay(Math.max(0, Math.min(READ_EVERY_MS, until - Date.now())));
    const taken = await takeReadings(page);
    sights.push(...taken.sights);
    avOffsetsMs.push(...taken.avOffsetsMs);
    unreadable += taken.unreadable;
    onReadings?.(taken);
  }
  return { sights, avOffsetsMs, unreadable };
}
