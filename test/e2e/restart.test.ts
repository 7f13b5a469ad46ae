import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startEncoder } from '../support/encoder.ts';
import { freePorts } from '../support/free-ports.ts';
import { type Product, startProduct } from '../support/product.ts';
import { untilChannel } from './public-api.ts';
import { untilPlayedOn } from './watching-page.ts';

test('a page goes on by itself after the server was killed and started again', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-restart-'));
  const [http = 0, rtmp = 0] = await freePorts(2);
  const env = { HTTP_PORT: String(http), RTMP_PORT: String(rtmp), LADDER: 'source' };
  const publish = ({ rtmpUrl, streamKey }: Product) =>
    startEncoder({ url: `${rtmpUrl}/${streamKey}`, keyframeSeconds: 1 });
  const browser = await launchBrowser();
  let product = await startProduct({ env, dataDir });
  let encoder = publish(product);
  try {
    await untilChannel(product, (channel) => channel.live);
    const page = await browser.newPage();
    await page.goto(`${product.httpUrl}/${product.channel}`);
    await page.evaluate(() => {
      document.body.dataset['opened'] = 'once';
    });
    await untilPlayedOn(page, 1);

    await product.kill9();
    await encoder.exited;
    product = await startProduct({ env, dataDir });
    encoder = publish(product);
    await untilPlayedOn(page, 2, 40_000);
    expect(await page.evaluate(() => document.body.dataset['opened'])).toBe('once');
    await untilChannel(product, (channel) => channel.viewers === 1);
  } finally {
    await browser.close();
    await encoder.stop('SIGKILL');
    await product.stop();
    rmSync(dataDir, { recursive: true });
  }
});
