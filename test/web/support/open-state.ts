import type { Browser, Page } from 'playwright-core';
import { A_GUEST } from './fixture-people.ts';
import type { FixtureSite } from './fixture-site.ts';
import type { PageState } from './page-states.ts';

/** Opens a page in a context of its own and waits until it shows what the state is about. */
export async function openState(options: {
  browser: Browser;
  site: FixtureSite;
  state: PageState;
  size?: { width: number; height: number };
  /** Called before anything is loaded. */
  prepare?: (page: Page) => void;
}): Promise<Page> {
  const { browser, site, state, size = { width: 1280, height: 800 } } = options;
  site.forget();
  site.channels.splice(0, site.channels.length, ...state.channels);
  Object.assign(site.people, state.people ?? A_GUEST);
  const touch = size.width < 600;
  const context = await browser.newContext({ viewport: size, hasTouch: touch, isMobile: touch });
  const page = await context.newPage();
  options.prepare?.(page);
  await page.addInitScript(
    ([player, chat]) => {
      window.firstPlayerState = player;
      window.chatScene = chat;
    },
    [state.player, state.chat] as const,
  );
  await page.goto(`${site.url}${state.path}`);
  if (state.event !== undefined) {
    await page.waitForSelector('.stream-numbers');
    await site.listened('watching=');
    site.send(state.event);
    await page.waitForSelector('.stream-numbers', { state: 'detached' });
  }
  if (state.press !== undefined) await page.click(state.press);
  if (state.act !== undefined) {
    await page.waitForFunction(() => window.scriptedChat !== undefined);
    await state.act(page);
  }
  await page.waitForSelector(state.shows, { state: 'visible' });
  await page.evaluate(() => document.fonts.ready);
  if (state.player !== undefined) {
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
  }
  return page;
}

/** The pointer over the picture, as of somebody who uses the player. */
export async function showControls(page: Page): Promise<void> {
  const box = await page.locator('media-controller').boundingBox();
  if (box === null) return;
  // The controls come after the picture, and a pointer that rests hides them again.
  await page.locator('.controls').waitFor({ state: 'attached' });
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3 + 5);
  await page.waitForFunction(
    () => getComputedStyle(document.querySelector('.controls') as Element).opacity === '1',
  );
}
