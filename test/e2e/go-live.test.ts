import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import { type Product, startProduct } from '../support/product.ts';
import { channelOf, untilChannel } from './public-api.ts';
import { collectFaults, playing, untilPlayedOn } from './watching-page.ts';

let browser: Browser;
let context: BrowserContext;
let product: Product;
let encoders: Encoder[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  encoders = [];
  context = await browser.newContext();
});
afterEach(async () => {
  await Promise.all(encoders.map((encoder) => encoder.stop('SIGKILL')));
  await context?.close();
  await product?.stop();
});

const start = async (graceMs: number): Promise<void> => {
  const env = { RECONNECT_GRACE_MS: String(graceMs), LADDER: 'source' };
  product = await startProduct({ env });
};
const publish = (): Encoder => {
  const encoder = startEncoder({
    url: `${product.rtmpUrl}/${product.streamKey}`,
    keyframeSeconds: 1,
  });
  encoders.push(encoder);
  return encoder;
};
const open = async (page?: Page): Promise<Page> => {
  const opened = page ?? (await context.newPage());
  await opened.goto(`${product.httpUrl}/${product.channel}`);
  return opened;
};
const shows = (page: Page, text: RegExp) =>
  page.getByText(text).first().waitFor({ state: 'visible', timeout: 20_000 });

test('from the encoder to the screen, over a lost encoder, to the end, without a reload', async () => {
  await start(4_000);
  const page = await context.newPage();
  const faults = await collectFaults(page);
  await open(page);
  await shows(page, /offline/i);

  const encoder = publish();
  await page.locator('video').waitFor({ state: 'attached' });
  await untilPlayedOn(page, 2);
  expect(await playing(page)).toMatchObject({ width: 320, muted: false });

  const live = await untilChannel(
    product,
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
  expect(await channelOf(product)).toMatchObject({
    live: true,
    interrupted: true,
    streamId: live.streamId,
  });

  const returned = publish();
  await untilPlayedOn(page, 2);
  expect(await channelOf(product)).toMatchObject({
    interrupted: false,
    streamId: live.streamId,
    viewers: 1,
  });

  await returned.stop('SIGINT');
  await shows(page, /the stream has ended/i);
  const over = await untilChannel(product, (channel) => !channel.live);
  expect(over).toMatchObject({ state: 'offline', streamId: null, publisher: null });
  expect(over.lastLiveAt).toBeGreaterThan(live.startedAt ?? 0);
  expect(faults).toEqual([]);
  expect(product.logs()).not.toContain(product.streamKey);
});

test('a new stream plays in the page that saw the old one end', async () => {
  await start(500);
  const first = publish();
  const { streamId } = await untilChannel(product, (channel) => channel.live);
  const page = await open();
  await untilPlayedOn(page, 1);
  await first.stop('SIGINT');
  await shows(page, /the stream has ended/i);
  const last = await playing(page);
  publish();
  // The new stream's timeline begins anew.
  await expect.poll(async () => (await playing(page)).position).toBeLessThan(last.position);
  await untilPlayedOn(page, 1);
  expect((await channelOf(product)).streamId).not.toBe(streamId);
});

test('two watch tabs of one browser keep playing, over one event stream, and there is a picture of it', async () => {
  await start(500);
  publish();
  await untilChannel(product, (channel) => channel.live);
  const pages = [await open(), await open()];
  for (const page of pages) await untilPlayedOn(page, 1);
  // Both at once: neither waits for a connection that the other holds.
  await Promise.all(pages.map((page) => untilPlayedOn(page, 4)));
  await untilChannel(product, (channel) => channel.viewers === 2);
  await expect
    .poll(async () => {
      const { thumbnail } = await channelOf(product);
      const picture = await fetch(`${product.httpUrl}${thumbnail}`);
      return [picture.status, picture.headers.get('content-type')];
    })
    .toEqual([200, 'image/jpeg']);
  const metrics = await (await fetch(`${product.httpUrl}/metrics`)).text();
  expect(metrics).toMatch(/^footlight_event_connections 1$/m);
});
