import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEncoder } from '../support/encoder.ts';
import { type Product, startProduct } from '../support/product.ts';

const GRACE_MS = 8000;
let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: { RECONNECT_GRACE_MS: String(GRACE_MS) } });
}, 60_000);
afterAll(() => product.stop());

const channel = async () =>
  (await (await fetch(`${product.httpUrl}/api/v1/channels/live`)).json()) as {
    state: string;
    streamId: string | null;
  };
const playlist = async (path: string) => {
  const response = await fetch(`${product.httpUrl}/live/live/${path}`);
  return { status: response.status, text: await response.text() };
};

/** Publishes `seconds` of media in one go and is gone. */
async function publish(options: { seconds: number; extraArgs?: string[] }): Promise<string> {
  const url = `${product.rtmpUrl}/${product.streamKey}`;
  const encoder = startEncoder({ url, realTime: false, ...options });
  expect(await encoder.exited).toMatchObject({ code: 0 });
  await expect.poll(async () => (await channel()).state).toBe('interrupted');
  return (await channel()).streamId ?? '';
}
const offline = () =>
  expect.poll(async () => (await channel()).state, { timeout: GRACE_MS + 10_000 }).toBe('offline');

describe('a publish that is over before ffmpeg has begun', () => {
  test('is shown while the encoder may come back, and then ends', { timeout: 60_000 }, async () => {
    const streamId = await publish({ seconds: 1 });
    await expect
      .poll(async () => (await playlist('index.m3u8')).status, { timeout: GRACE_MS })
      .toBe(200);
    await offline();
    expect(await playlist('index.m3u8')).toMatchObject({ status: 404 });
    await expect
      .poll(async () => (await playlist(`${streamId}/source/index.m3u8`)).text)
      .toContain('#EXT-X-ENDLIST');
    const { text } = await playlist(`${streamId}/source/index.m3u8`);
    const durations = [...text.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1]));
    expect(durations.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 1);
  });

  test('ends with a reason when it was too short to show', { timeout: 60_000 }, async () => {
    await publish({ seconds: 1, extraArgs: ['-frames:v', '1', '-an'] });
    expect(await playlist('index.m3u8')).toMatchObject({ status: 404 });
    await offline();
    expect((await playlist('index.m3u8')).text).toContain('has ended');
    expect(product.logs()).toContain('encoder stopped before there was anything to show');
  });
});
