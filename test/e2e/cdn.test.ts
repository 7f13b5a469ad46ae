import { expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startEncoder } from '../support/encoder.ts';
import { freePorts } from '../support/free-ports.ts';
import { startProduct } from '../support/product.ts';
import { untilChannel } from './public-api.ts';
import { collectFaults, untilPlayedOn } from './watching-page.ts';

test('with CDN_URL the media comes from there, and the page plays it', async () => {
  const [httpPort = 0] = await freePorts(1);
  // The same server by another name is another origin to the browser.
  const cdnUrl = `http://localhost:${httpPort}`;
  const product = await startProduct({
    env: { HTTP_PORT: String(httpPort), CDN_URL: cdnUrl, LADDER: 'source' },
  });
  const encoder = startEncoder({
    url: `${product.rtmpUrl}/${product.streamKey}`,
    keyframeSeconds: 1,
  });
  const browser = await launchBrowser();
  try {
    await untilChannel(product, (channel) => channel.live);
    const page = await browser.newPage();
    const faults = await collectFaults(page);
    const origins = new Set<string>();
    page.on('request', (request) => {
      if (request.url().endsWith('.m4s')) origins.add(new URL(request.url()).origin);
    });
    await page.goto(`${product.httpUrl}/${product.channel}`);
    await untilPlayedOn(page, 1);
    expect(faults).toEqual([]);
    expect([...origins]).toEqual([cdnUrl]);
  } finally {
    await browser.close();
    await encoder.stop('SIGKILL');
    await product.stop();
  }
});
