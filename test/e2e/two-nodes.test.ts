import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../deploy/installation.ts';
import type { Rank } from '../deploy/installation-people.ts';
import { launchBrowser } from '../support/browser.ts';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import { untilPlayedOn } from './watching-page.ts';

let site: Installation;
let encoder: Encoder;
const browsers: Browser[] = [];

beforeAll(async () => {
  site = await startInstallation({ LADDER: 'source' });
  const { rtmpUrl, streamKey } = site.parts.ingest;
  encoder = startEncoder({ url: `${rtmpUrl}/${streamKey}`, keyframeSeconds: 1 });
}, 120_000);
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await encoder?.stop('SIGKILL');
  await site?.stop();
});

/** In a browser of their own, signed in by a link, on the watch page of the channel. */
async function watch(name: string, rank?: Rank): Promise<Page> {
  const path = await site.people.signInPath(name, rank);
  const browser = await launchBrowser();
  browsers.push(browser);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${site.url}${path}?to=/live`);
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  await page.waitForURL(`${site.url}/live`);
  await untilLive(page);
  return page;
}

const box = (page: Page) => page.getByRole('textbox', { name: /Message in the chat/ });
const untilLive = (page: Page) => expect.poll(() => page.locator('.chat-status').count()).toBe(0);
const rows = (page: Page) => page.locator('.chat-row-of-message');

async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}

/** The messages, as the column shows them. */
const shown = async (page: Page): Promise<string[]> =>
  (await rows(page).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
const untilShown = (page: Page, texts: (string | RegExp)[]) =>
  expect.poll(() => shown(page)).toEqual(texts.map((text) => expect.stringMatching(text)));

const chatters = () =>
  Promise.all(
    (['chat-a', 'chat-b'] as const).map((node) => site.metric(node, 'footlight_chat_sockets')),
  );

test('two browsers on two nodes talk beside a playing stream, and go on when a node is killed', async () => {
  await expect.poll(async () => (await fetch(`${site.url}/live/live/index.m3u8`)).status).toBe(200);
  const mia = await watch('mia', 'moderator');
  const ben = await watch('ben');
  await expect.poll(chatters).toEqual([1, 1]);
  await Promise.all([untilPlayedOn(mia, 1), untilPlayedOn(ben, 1)]);

  await say(ben, 'hello from the other node');
  await untilShown(mia, [/hello from the other node/]);
  await say(mia, 'welcome over here');
  await untilShown(ben, [/hello from/, /welcome over here/]);

  await rows(mia).filter({ hasText: 'hello from' }).hover();
  await mia.getByRole('button', { name: 'Time out ben' }).click();
  await mia.getByRole('menu', { name: 'Time out ben' }).getByRole('menuitem').nth(2).click();
  await mia.getByText(/ben is silent for/).waitFor();
  await say(ben, 'can anybody hear me');
  await expect
    .poll(() => ben.getByRole('alert').allInnerTexts())
    .toEqual([expect.stringMatching(/^You are timed out for another \d+ seconds/)]);
  expect(await box(ben).inputValue()).toBe('can anybody hear me');

  await site.parts['chat-a'].kill9();
  await expect.poll(async () => site.metric('chat-b', 'footlight_chat_sockets')).toBe(2);
  await say(mia, 'we are all here now');
  for (const page of [mia, ben]) {
    // A timeout takes back what was said before.
    await untilShown(page, [/^ben: message deleted/, /welcome over here/, /we are all here now/]);
    await untilPlayedOn(page, 1);
  }
  expect(await box(ben).inputValue()).toBe('can anybody hear me');
}, 120_000);
