import type { Browser, Page } from 'playwright-core';
import type { FixtureSite } from './fixture-site.ts';
import type { PageState } from './page-states.ts';

const PICTURE_WITHIN_MS = 5_000;

/** Opens a page in a context of its own and waits until it shows what the state is about. */
export async function openState(options: {
  browser: Browser;
  site: FixtureSite;
  state: PageState;
  size?: { width: number; height: number };
}): Promise<Page> {
  const { browser, site, state, size = { width: 1280, height: 800 } } = options;
  site.channels.splice(0, site.channels.length, ...state.channels);
  const touch = size.width < 600;
  const context = await browser.newContext({ viewport: size, hasTouch: touch, isMobile: touch });
  const page = await context.newPage();
  await page.addInitScript((player) => {
    window.firstPlayerState = player;
  }, state.player);
  await page.goto(`${site.url}${state.path}`);
  await page.waitForSelector(state.shows, { state: 'visible' });
  await page.evaluate(() => document.fonts.ready);
  if (state.player !== undefined) {
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0, null, {
      timeout: PICTURE_WITHIN_MS,
    });
  }
  return page;
}
