import type { BrowserContext, Page } from 'playwright-core';
import { startProduct } from '../../support/product.ts';

export interface LiveSite {
  publishUrl: string;
  watchUrl: string;
  stop(): Promise<void>;
}

/** The product with its first channel, source quality alone. */
export async function startLiveSite(settings: Record<string, string> = {}): Promise<LiveSite> {
  const product = await startProduct({ env: { LADDER: 'source', ...settings } });
  return {
    publishUrl: `${product.rtmpUrl}/${product.streamKey}`,
    watchUrl: `${product.httpUrl}/${product.channel}`,
    stop: async () => void (await product.stop()),
  };
}

/** Waits until the player says so; the word is one of `PlayerStatus`. */
export async function untilStatus(page: Page, status: string, timeout = 30_000): Promise<void> {
  await page
    .locator(`.player[data-status="${status}"]`)
    .waitFor({ state: 'attached', timeout })
    .catch(async (cause: unknown) => {
      const found = await page
        .locator('.player')
        .getAttribute('data-status')
        .catch(() => null);
      throw new Error(`The player says ${found}, not ${status}.`, { cause });
    });
}

/** Media seconds of the frame on screen. */
export const position = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);

/** Waits until the picture has moved on by so many seconds from where it is now. */
export async function untilPlayed(page: Page, seconds: number, timeout = 30_000): Promise<void> {
  const from = await position(page);
  await page.waitForFunction(
    (goal) => (document.querySelector('video')?.currentTime ?? 0) > goal,
    from + seconds,
    { timeout, polling: 100 },
  );
}

/** Opens the watch page and marks the document, to see later that it was never loaded again. */
export async function openWatchPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  await page.evaluate(() => Reflect.set(window, '__sameDocument', true));
  return page;
}

export const isSameDocument = (page: Page): Promise<boolean> =>
  page.evaluate(() => Reflect.get(window, '__sameDocument') === true);

/** Waits until the latency readout on the page says less than so many seconds. */
export async function untilCloserThan(page: Page, seconds: number): Promise<void> {
  await page.waitForFunction(
    (limit) => {
      const text = document.querySelector('.latency')?.textContent ?? '';
      return Number(/([\d.]+) s/.exec(text)?.[1]) < limit;
    },
    seconds,
    { timeout: 30_000, polling: 100 },
  );
}

/** Waits until sound is being decoded. */
export async function untilHeard(page: Page): Promise<void> {
  const decoded = () => {
    const video = document.querySelector('video');
    // Chromium's own count.
    return video === null ? 0 : Number(Reflect.get(video, 'webkitAudioDecodedByteCount'));
  };
  const before = await page.evaluate(decoded);
  await page
    .waitForFunction(
      (from) => {
        const video = document.querySelector('video');
        const now = video === null ? 0 : Number(Reflect.get(video, 'webkitAudioDecodedByteCount'));
        return now > from;
      },
      before,
      { timeout: 30_000, polling: 100 },
    )
    .catch((cause: unknown) => {
      throw new Error('No sound was decoded.', { cause });
    });
}
