import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import { type Product, startProduct } from '../support/product.ts';
import { collectFaults, playing, untilPlayedOn } from './watching-page.ts';

const GRACE_MS = 4_000;
let browser: Browser;
let product: Product;
let encoders: Encoder[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  encoders = [];
  product = await startProduct({ RECONNECT_GRACE_MS: String(GRACE_MS), LADDER: 'source' });
});
afterEach(async () => {
  await Promise.all(encoders.map((encoder) => encoder.stop('SIGKILL')));
  await product?.[Symbol.asyncDispose]();
  for (const context of browser.contexts()) await context.close();
});

const publish = (streamKey: string): Encoder => {
  const encoder = startEncoder({ url: product.rtmpUrl(streamKey), keyframeSeconds: 1 });
  encoders.push(encoder);
  return encoder;
};
const open = async (path: string): Promise<Page> => {
  const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
  await page.goto(product.origin + path);
  return page;
};
const shows = (page: Page, text: string | RegExp, timeout = 15_000) =>
  page.getByText(text).first().waitFor({ state: 'visible', timeout });

test('from the encoder to the screen, over a lost encoder, to the end, without a reload', async () => {
  const { streamKey } = await product.createChannel('stage');
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = await collectFaults(page);
  await page.goto(`${product.origin}/stage`);
  await shows(page, /offline/i);

  const encoder = publish(streamKey);
  await page.locator('video').waitFor({ state: 'attached' });
  await untilPlayedOn(page, 2);
  expect(await playing(page)).toMatchObject({ width: 320, muted: false });

  const live = await product.untilChannel(
    'stage',
    (channel) => channel.viewers === 1 && channel.publisher?.keyframeSeconds === 1,
  );
  expect(live).toMatchObject({
    live: true,
    state: 'live',
    publisher: { codec: 'h264', width: 320, height: 180, audio: { codec: 'aac' } },
  });
  expect(live.renditions.map((one) => one.name)).toEqual(['source', 'audio']);

  await encoder.stop('SIGKILL');
  await shows(page, /^reconnecting/i);
  expect(await product.channel('stage')).toMatchObject({
    live: true,
    interrupted: true,
    streamId: live.streamId,
  });

  const returned = publish(streamKey);
  await untilPlayedOn(page, 2);
  expect(await product.channel('stage')).toMatchObject({
    interrupted: false,
    streamId: live.streamId,
    viewers: 1,
  });

  await returned.stop('SIGINT');
  await shows(page, /the stream has ended/i, GRACE_MS + 15_000);
  const over = await product.untilChannel('stage', (channel) => !channel.live);
  expect(over).toMatchObject({ state: 'offline', streamId: null, publisher: null });
  expect(over.lastLiveAt).toBeGreaterThan(live.startedAt ?? 0);
  expect(faults).toEqual([]);
  expect(product.log()).not.toContain(streamKey);
});

test('a new stream plays in the page that saw the old one end', async () => {
  const { streamKey } = await product.createChannel('stage');
  const first = publish(streamKey);
  const { streamId } = await product.untilChannel('stage', (channel) => channel.live);
  const page = await open('/stage');
  await untilPlayedOn(page, 1);
  await first.stop('SIGINT');
  await shows(page, /the stream has ended/i, GRACE_MS + 15_000);
  publish(streamKey);
  await untilPlayedOn(page, 1);
  expect((await product.channel('stage')).streamId).not.toBe(streamId);
});

test('two watch tabs of one browser and an embed keep playing over one event stream', async () => {
  const { streamKey } = await product.createChannel('stage');
  publish(streamKey);
  await product.untilChannel('stage', (channel) => channel.live);
  const pages = [await open('/stage'), await open('/stage')];
  for (const page of pages) await untilPlayedOn(page, 1);
  // Both at once: neither waits for a connection that the other holds.
  await Promise.all(pages.map((page) => untilPlayedOn(page, 4)));
  await product.untilChannel('stage', (channel) => channel.viewers === 2);
  const metrics = await (await fetch(`${product.origin}/metrics`)).text();
  expect(metrics).toMatch(/^footlight_event_connections 1$/m);

  await pages[0]?.close();
  await product.untilChannel('stage', (channel) => channel.viewers === 1);
});
