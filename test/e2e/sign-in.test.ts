import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { PROJECT, type Product, startProduct } from '../support/product.ts';
import { collectFaults } from './watching-page.ts';

let browser: Browser;
let context: BrowserContext;
let product: Product;

beforeAll(async () => {
  browser = await launchBrowser();
  product = await startProduct();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context?.close());

/** As an administrator does it, beside the running server. */
function ctl(...args: string[]): object {
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
const linkFor = (name: string): string => {
  const made = ctl('token', 'create', '--user', name);
  if ('link' in made) return String(made.link);
  throw new Error(`no link was made: ${JSON.stringify(made)}`);
};
const channelUrl = () => `${product.httpUrl}/${product.channel}`;
const button = (page: Page, name: RegExp) => page.getByRole('button', { name });

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`${linkFor(name)}?to=/${product.channel}`);
  await button(page, new RegExp(`Sign in as ${name}`)).click();
  await page.waitForURL(channelUrl());
  await button(page, new RegExp(`Your account: ${name}`)).waitFor();
}

test('a guest is told how to follow; a link signs in, following stays, and signing out ends it', async () => {
  const page = await context.newPage();
  const faults = await collectFaults(page);
  await page.goto(channelUrl());
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  await button(page, /^Follow/).click();
  await page.getByText('Sign in to follow live').waitFor();

  const link = linkFor('alice');
  // A preview of the link, as messengers make one.
  expect((await fetch(link)).status).toBe(200);
  await page.goto(`${link}?to=/${product.channel}`);
  await page.getByText('Welcome, alice').waitFor();
  await page.reload();
  await button(page, /Sign in as alice/).click();
  await page.waitForURL(channelUrl());
  expect(await page.evaluate(() => document.cookie)).toBe('');

  await button(page, /^Follow/).click();
  await button(page, /^Following/).waitFor();
  await page.reload();
  await button(page, /^Following/).click();
  await button(page, /^Follow$/).waitFor();

  await button(page, /Your account: alice/).click();
  await button(page, /Sign out/).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  expect(page.url()).toBe(channelUrl());
  expect(faults).toEqual([]);
});

test('a used link signs nobody in, and says why', async () => {
  const link = linkFor('bob');
  const page = await context.newPage();
  await page.goto(link);
  await button(page, /Sign in as bob/).click();
  await page.waitForURL(`${product.httpUrl}/`);

  const other = await browser.newContext();
  const late = await other.newPage();
  await late.goto(link);
  await late.getByText('This sign-in link has been used').waitFor();
  expect(await other.cookies()).toEqual([]);
  await other.close();
});

test('a link opened in two tabs signs in the first, and the second says why not', async () => {
  const link = linkFor('carol');
  const tabs = [await context.newPage(), await context.newPage()];
  for (const tab of tabs) {
    await tab.goto(link);
    await button(tab, /Sign in as carol/).waitFor();
  }
  const [first, second] = tabs;
  await first?.getByRole('button', { name: /Sign in as carol/ }).click();
  await first?.waitForURL(`${product.httpUrl}/`);
  await second?.getByRole('button', { name: /Sign in as carol/ }).click();
  await second?.getByText('This sign-in link has been used').waitFor();
});

test('a page of another site can neither sign out, sign in, nor follow', async () => {
  const page = await context.newPage();
  await signIn(page, 'dora');
  const elsewhere = createServer((_req, res) => {
    res.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>');
  });
  await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
  const { port } = elsewhere.address() as AddressInfo;
  const submit = async (action: string) => {
    // Another port is the same site to cookies: SameSite alone would let this pass.
    await page.goto(`http://127.0.0.1:${port}/`);
    const answered = page.waitForResponse(action);
    await page.evaluate((to) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = to;
      document.body.append(form);
      form.submit();
    }, action);
    const status = (await answered).status();
    await page.waitForURL(action);
    return status;
  };
  try {
    expect(await submit(`${product.httpUrl}/signout`)).toBe(403);
    expect(await submit(linkFor('eve'))).toBe(403);
    await page.goto(`http://127.0.0.1:${port}/`);
    const followed = await page.evaluate(
      (url) =>
        fetch(url, { method: 'PUT', credentials: 'include' }).then(
          (response) => response.status,
          () => 'refused by the browser',
        ),
      `${product.httpUrl}/api/v1/channels/live/follow`,
    );
    expect(followed).toBe('refused by the browser');
  } finally {
    elsewhere.closeAllConnections();
    elsewhere.close();
  }
  await page.goto(channelUrl());
  await button(page, /Your account: dora/).waitFor();
  await button(page, /^Follow$/).waitFor();
});

test('a page’s chat socket is of who is signed in, learns of a new role, and ends with the tokens', async () => {
  const page = await context.newPage();
  await signIn(page, 'frida');
  await page.evaluate(() => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/chat/live`);
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    socket.onopen = () => socket.send('{"type":"hello"}');
    socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
    socket.onclose = ({ code }) => heard.push({ closed: code });
  });
  const hears = (what: object, timeout: number) =>
    expect
      .poll(() => page.evaluate(() => Reflect.get(window, 'heard')), { timeout, interval: 50 })
      .toContainEqual(expect.objectContaining(what));
  await hears({ type: 'welcome', you: expect.objectContaining({ name: 'frida' }) }, 10_000);

  ctl('channel', 'role', 'live', 'frida', 'moderator');
  await hears({ type: 'you', roles: ['moderator', 'member'] }, 5_000);

  ctl('token', 'revoke', '--user', 'frida');
  await hears({ closed: 4502 }, 5_000);
  await page.reload();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
});
