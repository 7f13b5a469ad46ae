import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ChatClient, ChatState } from '../../../web/client/chat/chat-client.ts';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { launchBrowser } from '../../support/browser.ts';
import { type Between, startBetween } from './support/between.ts';

declare const client: ChatClient;

let browser: Browser;
let context: BrowserContext;
let script: string;
let server: ChatServer;
let between: Between;
let token: string;
let page: Page;

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      rollupOptions: { input: join(import.meta.dirname, 'page/main.ts') },
      modulePreload: { polyfill: false },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('Nothing was built.');
  script = output.output[0].code;
  browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = await startChat();
  between = await startBetween(server.port, {
    page: `<!doctype html><title>Chat</title><script type="module">${script}</script>`,
  });
  ({ token } = await server.person('Ann'));
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(`${between.url}/page#${token}`);
  await until(({ status }) => status.kind === 'live');
});
afterEach(async () => {
  await context.close();
  await between.stop();
  await server.stop();
});

/** @param isSo runs in the page */
async function until(isSo: (state: ChatState) => boolean): Promise<void> {
  await page.waitForFunction(`(${isSo.toString()})(client.get())`);
}
const texts = () =>
  page.evaluate(() =>
    client.get().lines.map((line) => (line.kind === 'message' ? line.message.text : line.kind)),
  );
async function breakLine(): Promise<void> {
  between.rules.isDown = true;
  between.cut();
  await until(({ status }) => status.kind === 'reconnecting');
}

it('a page comes back at once when the network does', async () => {
  await breakLine();
  await context.setOffline(true);
  between.rules.isDown = false;
  await context.setOffline(false);
  await until(({ status }) => status.kind === 'live');
});

it('a page comes back with the gap when somebody looks at it again', async () => {
  const ben = await server.enter({ token: (await server.person('Ben')).token });
  await ben.say('before');
  await until(({ lines }) => lines.length === 1);
  await breakLine();
  between.rules.isDown = false;
  await ben.say('meanwhile');
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await until(({ lines }) => lines.length === 2);
  expect(await texts()).toEqual(['before', 'meanwhile']);
});

it('what was typed into a dead line is sent once after a reload', async () => {
  await breakLine();
  await page.evaluate(() => {
    client.send('one');
    client.send('two');
  });
  between.rules.isDown = false;
  await page.reload();
  await until(({ lines, outgoing }) => lines.length === 2 && outgoing.length === 0);
  expect(await texts()).toEqual(['one', 'two']);
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});
