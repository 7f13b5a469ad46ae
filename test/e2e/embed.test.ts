import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startEncoder } from '../support/encoder.ts';
import { startProduct } from '../support/product.ts';
import { untilChannel } from './public-api.ts';
import { untilPlayedOn } from './watching-page.ts';

/** A page of somebody else's: `localhost` is another site than 127.0.0.1. */
async function serveElsewhere(html: string): Promise<{ url: string; close(): void }> {
  const server = createServer((_req, res) => res.setHeader('Content-Type', 'text/html').end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, close: () => void server.close() };
}

test('another site may show the player, and nothing else of ours', async () => {
  const product = await startProduct({ env: { RECONNECT_GRACE_MS: '500', LADDER: 'source' } });
  const encoder = startEncoder({
    url: `${product.rtmpUrl}/${product.streamKey}`,
    keyframeSeconds: 1,
  });
  const frame = (name: string, path: string) =>
    `<iframe name="${name}" allow="autoplay" src="${product.httpUrl}${path}"></iframe>`;
  const elsewhere = await serveElsewhere(
    frame('embed', `/embed/${product.channel}`) + frame('page', `/${product.channel}`),
  );
  const browser = await launchBrowser();
  try {
    await untilChannel(product, (channel) => channel.live);
    const page = await browser.newPage();
    await page.goto(elsewhere.url);
    await untilPlayedOn(page.frameLocator('iframe[name=embed]'), 1);
    expect(await page.frameLocator('iframe[name=page]').locator('#root').count()).toBe(0);
    await untilChannel(product, (channel) => channel.viewers === 1);
  } finally {
    await browser.close();
    elsewhere.close();
    await encoder.stop('SIGKILL');
    await product.stop();
  }
});
