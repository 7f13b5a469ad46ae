import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { PlayerState } from '../../../web/client/player/engine/types.ts';
import { launchBrowser } from '../../support/browser.ts';
import type { ChatScene } from './chat-scenes.ts';
import { manyChannels } from './fixture-channels.ts';
import { buildScriptedClient, type FixtureSite, openFixtureSite } from './fixture-site.ts';
import { openState } from './open-state.ts';
import { PAGE_STATES } from './page-states.ts';

/** A browser on a fixture site, for tests that act on a page. */
export interface ScriptedPages extends AsyncDisposable {
  site: FixtureSite;
  browser: Browser;
  /** Opens one of PAGE_STATES by name. */
  open(name: string, size?: { width: number; height: number }): Promise<Page>;
  /** Opens a chat in a window of its own, without the weight of a player. */
  openChat(chat: ChatScene): Promise<Page>;
}

export async function startScriptedPages(): Promise<ScriptedPages> {
  const client = await buildScriptedClient();
  const site = await openFixtureSite(client.dir);
  const browser = await launchBrowser();
  return {
    site,
    browser,
    async open(name, size = { width: 1280, height: 800 }) {
      const state = PAGE_STATES.find((one) => one.name === name);
      if (state === undefined) throw new RangeError(`no page state ${name}`);
      return openState({ browser, site, state, size });
    },
    openChat(chat) {
      const path = '/harbour_lofi/chat';
      const state = { name: chat, path, channels: manyChannels(), chat, shows: '.chat-log' };
      return openState({ browser, site, state, size: { width: 420, height: 720 } });
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await site[Symbol.asyncDispose]();
      await client.remove();
    },
  };
}

/** The same for a whole test file: opens pages from its first test to its last. */
export function scriptedPagesForFile(): Pick<ScriptedPages, 'open' | 'openChat'> {
  let pages: ScriptedPages;
  beforeAll(async () => {
    pages = await startScriptedPages();
  });
  afterAll(async () => {
    await pages?.[Symbol.asyncDispose]();
  });
  return {
    open: (name, size) => pages.open(name, size),
    openChat: (chat) => pages.openChat(chat),
  };
}

/** What `read` makes of the page's video element, there. */
export const video = <T>(page: Page, read: (element: HTMLVideoElement) => T): Promise<T> =>
  page.locator('video').evaluate(read as (element: SVGElement | HTMLElement) => T);

/** What the page asked of its engine since the last time it was read. */
export const wishesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => window.scriptedEngine.wishes.splice(0));

export const setPlayer = (page: Page, change: Partial<PlayerState>): Promise<void> =>
  page.evaluate((facts) => window.scriptedEngine.set(facts), change);
