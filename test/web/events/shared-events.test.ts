import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { eventConnectionsGauge, viewersGauge } from '../../../web/server/web-metrics.ts';
import { launchBrowser } from '../../support/browser.ts';
import { entryOf, type ServedWeb, serveWeb } from '../server/serve-web.ts';

const LINGER_MS = 300;
const pageDirectory = mkdtempSync(join(tmpdir(), 'footlight-events-page-'));
let browser: Browser;
let web: ServedWeb;
let context: BrowserContext;

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, 'page'),
    build: { outDir: pageDirectory, emptyOutDir: true },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(pageDirectory, { recursive: true });
});
beforeEach(async () => {
  web = await serveWeb({ pageDirectory, viewerLingerMs: LINGER_MS });
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  await web[Symbol.asyncDispose]();
});

const openTab = async (): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(web.origin);
  await page.waitForFunction(() => 'watch' in globalThis);
  return page;
};
const connections = async () => (await eventConnectionsGauge.get()).values[0]?.value;
const viewers = async () => (await viewersGauge.get()).values[0]?.value;
const goLive = (channel: string) => {
  web.entries.set(channel, entryOf(channel));
  web.bus.publish('stream:playable', { channel, streamId: `stream-of-${channel}` });
};
const end = (channel: string) =>
  web.bus.publish('stream:ended', { channel, streamId: `stream-of-${channel}`, endedAt: 5 });
/** Types of the events a tab has heard, without counts and beats. */
const heard = (page: Page) =>
  page.evaluate(() =>
    globalThis.events
      .filter((event: ServerEvent) => event.type !== 'viewers' && event.type !== 'beat')
      .map((event: ServerEvent) => event.type),
  );

test('the tabs of a browser share one connection, and each open player is a viewer', async () => {
  const [one, two] = [await openTab(), await openTab()];
  await one.evaluate(() => {
    listen();
    watch('alpha');
  });
  await expect.poll(viewers).toBe(1);
  await two.evaluate(() => {
    listen();
    watch('alpha');
  });
  await expect.poll(viewers).toBe(2);
  expect(await connections()).toBe(1);
  goLive('beta');
  await expect.poll(() => heard(one)).toContain('stream.live');
  await expect.poll(() => heard(two)).toContain('stream.live');
});

test('when the first tab closes, the other goes on and the viewer is gone', async () => {
  const [one, two] = [await openTab(), await openTab()];
  for (const tab of [one, two])
    await tab.evaluate(() => {
      listen();
      watch('alpha');
    });
  await expect.poll(viewers).toBe(2);
  await one.close();
  await expect.poll(viewers).toBe(1);
  expect(await connections()).toBe(1);
  goLive('beta');
  await expect.poll(() => heard(two)).toContain('stream.live');
  await two.close();
  await expect.poll(connections).toBe(0);
});

test('a player that is taken off the page is no viewer', async () => {
  const tab = await openTab();
  await tab.evaluate(() => watch('alpha'));
  await expect.poll(viewers).toBe(1);
  await tab.evaluate(() => unwatch());
  await expect.poll(viewers).toBe(0);
  await expect.poll(connections).toBe(0);
});

test('a tab that joins later is told where things stand', async () => {
  const one = await openTab();
  await one.evaluate(() => listen());
  await expect.poll(() => heard(one)).toEqual(['snapshot']);
  goLive('alpha');
  await expect.poll(() => heard(one)).toEqual(['snapshot', 'stream.live']);
  const two = await openTab();
  await two.evaluate(() => listen('alpha'));
  await expect.poll(() => heard(two)).toEqual(['snapshot']);
  const [snapshot] = await two.evaluate(() => globalThis.events);
  expect(snapshot?.data).toMatchObject({ live: [{ channel: 'alpha', interrupted: false }] });
  expect(await heard(one)).toEqual(['snapshot', 'stream.live']);
});

test('after a cut connection what happened meanwhile arrives, once', async () => {
  const tab = await openTab();
  await tab.evaluate(() => listen());
  await expect.poll(() => heard(tab)).toEqual(['snapshot']);
  web.cutConnections();
  goLive('alpha');
  end('alpha');
  await expect.poll(() => heard(tab)).toEqual(['snapshot', 'stream.live', 'stream.offline']);
});

test('a viewer count does not flicker when the wishes change and the stream is reopened', async () => {
  const tab = await openTab();
  const counts: (number | undefined)[] = [];
  await tab.evaluate(() => {
    listen('alpha');
    watch('alpha');
  });
  await expect.poll(() => heard(tab)).toEqual(['snapshot']);
  await tab.evaluate(() => listen());
  await expect
    .poll(async () => {
      counts.push(await viewers());
      return heard(tab);
    })
    .toEqual(['snapshot', 'snapshot', 'snapshot']);
  expect(new Set(counts)).toEqual(new Set([1]));
});

test('without a shared worker each tab has a stream of its own', async () => {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'SharedWorker');
  });
  for (const tab of [await openTab(), await openTab()])
    await tab.evaluate(() => {
      listen();
      watch('alpha');
    });
  await expect.poll(viewers).toBe(2);
  expect(await connections()).toBe(2);
  await expect.poll(() => heard(context.pages()[0] as Page)).toEqual(['snapshot']);
});

test('a machine that wakes up does not wait for a connection that may be dead', async () => {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'SharedWorker');
  });
  const tab = await openTab();
  await tab.clock.install();
  const streams: string[] = [];
  tab.on('request', (request) => {
    if (request.url().includes('/events')) streams.push(request.url());
  });
  await tab.evaluate(() => listen());
  await tab.clock.fastForward(1_000);
  await expect.poll(() => heard(tab)).toEqual(['snapshot']);
  const wakeUp = () => tab.evaluate(() => dispatchEvent(new Event('online')));
  await wakeUp();
  expect(streams).toHaveLength(1);
  await tab.clock.fastForward(20_000);
  await wakeUp();
  await expect.poll(() => streams.length).toBe(2);
  expect(streams[1]).toContain('lastEventId=');
});
