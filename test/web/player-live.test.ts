import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import {
  isSameDocument,
  type LiveSite,
  openWatchPage,
  position,
  startLiveSite,
  untilCloserThan,
  untilHeard,
  untilPlayed,
  untilStatus,
} from './support/live-viewing.ts';

let browser: Browser;
let site: LiveSite;
let context: BrowserContext;
let encoders: Encoder[] = [];

const publish = (options: { audio?: boolean; keyframeSeconds?: number } = {}): Encoder => {
  const encoder = startEncoder({ url: site.publishUrl, keyframeSeconds: 1, ...options });
  encoders.push(encoder);
  return encoder;
};

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  site = await startLiveSite({ RECONNECT_GRACE_MS: '8000' });
  context = await browser.newContext();
});

afterEach(async () => {
  await context.close();
  for (const encoder of encoders) await encoder.stop('SIGKILL');
  encoders = [];
  await site.stop();
});

describe('watching a live stream', () => {
  it('begins by itself when the stream starts, close to live and with sound', async () => {
    const page = await openWatchPage(context, site.watchUrl);
    publish();
    await untilStatus(page, 'playing');
    await untilPlayed(page, 3);
    await untilCloserThan(page, 1.5);
    expect(await page.evaluate(() => document.querySelector('video')?.muted)).toBe(false);
    expect(await isSameDocument(page)).toBe(true);
  });

  it('shows the first parts of a stream, long before its first segment is whole', async () => {
    const page = await openWatchPage(context, site.watchUrl);
    publish({ keyframeSeconds: 4 });
    await untilPlayed(page, 0.1);
    const lists = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => /source\/index\.m3u8$/.test(name))
        .map(({ name }) => name),
    );
    const playlist = await (await fetch(lists[0] ?? '')).text();
    expect(playlist).toContain('#EXT-X-PART:');
    expect(playlist).not.toContain('#EXTINF:');
    await untilPlayed(page, 6);
    await untilCloserThan(page, 1.5);
  });

  it('says reconnecting while the encoder is gone, and goes on when it is back', async () => {
    const first = publish();
    const page = await openWatchPage(context, site.watchUrl);
    await untilStatus(page, 'playing');
    await untilPlayed(page, 2);
    await first.stop('SIGKILL');
    await untilStatus(page, 'reconnecting');
    publish();
    await untilStatus(page, 'playing');
    await untilPlayed(page, 3);
    expect(await isSameDocument(page)).toBe(true);
    await untilCloserThan(page, 2);
  });

  it('plays on when the encoder comes back without its sound, and with it again', async () => {
    const first = publish();
    const page = await openWatchPage(context, site.watchUrl);
    await untilStatus(page, 'playing');
    await untilHeard(page);
    await first.stop('SIGKILL');
    await untilStatus(page, 'reconnecting');
    const silent = publish({ audio: false });
    await untilStatus(page, 'playing');
    await untilPlayed(page, 6);
    await silent.stop('SIGKILL');
    await untilStatus(page, 'reconnecting');
    publish();
    await untilStatus(page, 'playing');
    await untilHeard(page);
    await untilPlayed(page, 3);
    expect(await isSameDocument(page)).toBe(true);
  });

  it('says that the stream has ended, and plays the next one', async () => {
    const first = publish();
    const page = await openWatchPage(context, site.watchUrl);
    await untilStatus(page, 'playing');
    await first.stop();
    await untilStatus(page, 'ended');
    publish();
    await untilStatus(page, 'playing');
    await untilPlayed(page, 2);
    expect(await isSameDocument(page)).toBe(true);
  });

  it('jumps to live after a late click', async () => {
    publish();
    const page = await openWatchPage(context, site.watchUrl);
    await untilStatus(page, 'playing');
    await untilPlayed(page, 1);
    await page.evaluate(() => document.querySelector('video')?.pause());
    await untilStatus(page, 'paused');
    const left = await position(page);
    await page.waitForTimeout(6000);
    await page.evaluate(() => document.querySelector('video')?.play());
    await page.waitForFunction(
      (from) => (document.querySelector('video')?.currentTime ?? 0) > from + 5,
      left,
      { timeout: 3000, polling: 50 },
    );
    await untilPlayed(page, 2);
    await untilCloserThan(page, 2);
  });

  it('goes on after the network was gone', async () => {
    publish();
    const page = await openWatchPage(context, site.watchUrl);
    await untilStatus(page, 'playing');
    await untilPlayed(page, 2);
    await context.setOffline(true);
    await untilStatus(page, 'reconnecting');
    await context.setOffline(false);
    await untilStatus(page, 'playing');
    await untilPlayed(page, 3);
    expect(await isSameDocument(page)).toBe(true);
    await untilCloserThan(page, 2);
  });

  it('keeps two tabs of one browser playing over plain HTTP/1.1', async () => {
    publish();
    const pages = [
      await openWatchPage(context, site.watchUrl),
      await openWatchPage(context, site.watchUrl),
    ];
    for (const page of pages) {
      await untilStatus(page, 'playing');
    }
    await Promise.all(pages.map((page) => untilPlayed(page, 6)));
    for (const page of pages) {
      expect(await page.locator('.player').getAttribute('data-status')).toBe('playing');
    }
  });
});
