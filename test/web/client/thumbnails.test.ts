import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openState } from '../support/open-state.ts';
import { PAGE_STATES } from '../support/page-states.ts';
import { type ScriptedPages, startScriptedPages } from '../support/scripted-page.ts';

const MINUTE_MS = 60_000;
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"/>';

let pages: ScriptedPages;
let page: Page;
/** Addresses of the pictures that were asked for, in order. */
let asked: string[];
/** Whether the server has a picture. */
let there: boolean;

beforeAll(async () => {
  pages = await startScriptedPages();
});

afterAll(async () => {
  await pages?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  asked = [];
  there = true;
});

afterEach(() => page.context().close());

async function openHome(): Promise<void> {
  const { browser, site } = pages;
  const state = PAGE_STATES.find(({ name }) => name === 'home-one');
  if (state === undefined) throw new RangeError('no page state home-one');
  page = await openState({ browser, site, state, prepare: (opened) => void watchPictures(opened) });
  await expect.poll(() => asked.length).toBe(1);
}

async function watchPictures(opened: Page): Promise<void> {
  await opened.clock.install();
  await opened.route('**/picture/**', async (route) => {
    asked.push(route.request().url());
    const answer = there ? { status: 200, body: PICTURE, contentType: 'image/svg+xml' } : null;
    await route.fulfill(answer ?? { status: 404 });
  });
}

const picture = () => page.locator('.card-picture img[data-coming=false]');

/** Whether the next picture turned out not to be there. */
const failed = () =>
  page
    .locator('.card-picture img[data-coming=true]')
    .evaluateAll((all) => all.some((one) => one instanceof HTMLImageElement && one.complete));

/** The page as the browser tells it of a tab that is left, or come back to. */
const setHidden = (hidden: boolean) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

test('a page left open shows a new picture each minute, the one before until then', async () => {
  await openHome();
  await picture().waitFor();
  const first = await picture().getAttribute('src');
  await page.clock.fastForward(MINUTE_MS + 1000);
  await expect.poll(() => picture().getAttribute('src')).not.toBe(first);
  await expect.poll(() => page.locator('.card-picture img').count()).toBe(1);
  expect(asked.length).toBe(2);
});

test('a hidden page asks for no picture, and for one as soon as it is seen again', async () => {
  await openHome();
  await picture().waitFor();
  await setHidden(true);
  await page.clock.fastForward(5 * MINUTE_MS);
  expect(asked.length).toBe(1);
  await setHidden(false);
  await page.clock.fastForward(10);
  await expect.poll(() => asked.length).toBe(2);
});

test('the last picture stays when the next one cannot be had', async () => {
  await openHome();
  await picture().waitFor();
  const first = await picture().getAttribute('src');
  there = false;
  await page.clock.fastForward(MINUTE_MS + 1000);
  await expect.poll(failed).toBe(true);
  expect(asked.length).toBe(2);
  expect(await picture().getAttribute('src')).toBe(first);
  expect(await page.locator('.card-no-picture').count()).toBe(0);
});

test('a stream that has just begun gets its first picture within seconds', async () => {
  there = false;
  await openHome();
  await page.locator('.card-no-picture').waitFor();
  there = true;
  await page.clock.fastForward(6000);
  await picture().waitFor();
  await page.locator('.card-no-picture').waitFor({ state: 'detached' });
});
