import { spawnSync } from 'node:child_process';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { PROJECT, type Product, startProduct } from '../../support/product.ts';

/** What must come out as the letters it is made of. */
const XSS = [
  '<script>window.xss = 1</script>',
  '<img src=x onerror="window.xss = 1">',
  '<svg/onload=window.xss=1>',
  '"><iframe srcdoc="<script>parent.xss=1</script>">',
  "'-window.xss=1-'",
  '[x](javascript:window.xss=1) <a href=javascript:window.xss=1>x</a>',
  'javascript:window.xss=1 data:text/html,<script>window.xss=1</script>',
  '&lt;img src=x onerror=window.xss=1&gt; \\u003cscript\\u003e',
  '{{constructor.constructor("window.xss=1")()}} $(window.xss=1)',
];

let browser: Browser;
let product: Product;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  product = await startProduct({ env: { LADDER: 'source' } });
  browser = await launchBrowser();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

function ctl(...args: string[]): Record<string, unknown> {
  const { stdout, stderr } = spawnSync(process.execPath, ['ctl.ts', ...args, '--json'], {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      HTTP_PORT: String(product.httpPort),
      DATA_DIR: product.dataDir,
    },
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(`ctl said nothing: ${stderr}`);
  return JSON.parse(stdout);
}

/** Opens a page in a browser of its own, signed in; null: as a guest. */
async function openAs(name: string | null, path = `/${product.channel}`): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  contexts.push(context);
  if (name !== null) {
    const { token } = ctl('token', 'create', '--user', name);
    const url = product.httpUrl;
    await context.addCookies([{ name: 'footlight_session', value: String(token), url }]);
  }
  const page = await context.newPage();
  await page.goto(product.httpUrl + path);
  await page.locator('.chat-log').waitFor();
  await page.locator('.chat-status').waitFor({ state: 'detached' });
  return page;
}
const box = (page: Page) => page.getByRole('textbox', { name: /^Message in the chat/ });
const row = (page: Page, text: string) => page.locator('.chat-row', { hasText: text }).last();
const write = async (page: Page, text: string) => {
  await box(page).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
};

test('what one writes the other reads, in the column and in a window of its own', async () => {
  const [ann, guest] = [await openAs('ann'), await openAs(null, `/${product.channel}/chat`)];
  await write(ann, 'good evening');
  await row(ann, 'good evening').waitFor();
  await row(guest, 'good evening').waitFor();
  await guest.getByText('Sign in to write').waitFor();
  expect(await guest.locator('.player').count()).toBe(0);

  const late = await openAs('ben');
  await row(late, 'good evening').waitFor();
});

test('no markup in a message is ever interpreted', async () => {
  ctl('channel', 'role', product.channel, 'host_x', 'broadcaster');
  const [host, guest] = [await openAs('host_x'), await openAs(null)];
  for (const text of XSS) {
    await write(host, text);
    await row(guest, text).waitFor();
  }
  for (const page of [host, guest]) {
    expect(await page.evaluate(() => Reflect.get(window, 'xss'))).toBeUndefined();
    const tags = await page
      .locator('.chat-text *')
      .evaluateAll((elements) => elements.map(({ tagName }) => tagName));
    expect(tags).toEqual([]);
  }
});

test('a moderator silences somebody by keys alone, who keeps what they typed', async () => {
  ctl('channel', 'role', product.channel, 'mia', 'moderator');
  const [mia, tom] = [await openAs('mia'), await openAs('tom')];
  await write(tom, 'buy my things');
  await row(mia, 'buy my things').waitFor();

  await mia.locator('.chat-scroller').focus();
  await mia.keyboard.press('ArrowUp');
  await mia.getByRole('toolbar', { name: 'Message of tom' }).waitFor();
  await mia.keyboard.press('Enter');
  for (let n = 0; n < 3; n += 1) await mia.keyboard.press('Tab');
  await mia.keyboard.press('Enter');
  await mia.getByRole('menuitem', { name: '30 seconds' }).waitFor();
  await mia.keyboard.press('Enter');
  await mia.getByText('tom is silent for 30 seconds.').waitFor();

  await tom.locator('.chat-silenced').waitFor();
  await write(tom, 'but why');
  await tom.locator('.chat-refused').waitFor();
  await expect.poll(() => box(tom).inputValue()).toBe('but why');

  await mia.locator('.chat-action-line').getByRole('button', { name: 'Undo' }).first().click();
  await tom.locator('.chat-silenced').waitFor({ state: 'detached' });
  await write(tom, 'thank you');
  await row(mia, 'thank you').waitFor();
});

test('the pop-out has one address, and the embed has no chat', async () => {
  const shouted = await fetch(`${product.httpUrl}/${product.channel.toUpperCase()}/chat`, {
    redirect: 'manual',
  });
  expect([shouted.status, shouted.headers.get('location')]).toEqual([308, '/live/chat']);
  expect((await fetch(`${product.httpUrl}/nobody_here/chat`)).status).toBe(404);

  const context = await browser.newContext();
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${product.httpUrl}/embed/${product.channel}`);
  await page.getByText('is off stage').waitFor();
  expect(await page.locator('.chat').count()).toBe(0);
});
