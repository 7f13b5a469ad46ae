import { afterAll, beforeAll, expect, test } from 'vitest';
import { metrics } from '../../platform/metrics.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { recordMedia, sendMedia } from './support/recorded-media.ts';

let house: IngestHouse;
beforeAll(async () => {
  house = await openIngest();
});
afterAll(() => house.close());

/** Names with their labels, and values, of what ingest counts. */
async function counted(): Promise<Record<string, number>> {
  const lines = (await metrics.metrics())
    .split('\n')
    .filter((line) => /^footlight_ingest/.test(line));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice('footlight_ingest_'.length, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
}

test('every count is there before anything happened', async () => {
  expect(await counted()).toMatchObject({
    publishers: 0,
    media_bytes_total: 0,
    'refused_total{reason="stream_key_unknown"}': 0,
    sources_total: 0,
    takeovers_total: 0,
    worker_restarts_total: 0,
  });
});

test('publishers, bytes, sources, refusals, takeovers and restarts are counted', async () => {
  const media = await recordMedia({ seconds: 2 });
  const older = await RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
  sendMedia(older, media);
  await house.next('stream:live');
  const newer = await RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
  sendMedia(newer, media);
  await house.next('stream:live');
  const wrong = await RtmpClient.open({ port: house.port() });
  await wrong.handshake();
  await wrong.connect();
  await wrong.publish('wrong');
  const sent = media.reduce((sum, { payload }) => sum + payload.length, 0);
  await expect.poll(counted, { timeout: 5000 }).toMatchObject({
    publishers: 1,
    'refused_total{reason="stream_key_unknown"}': 1,
    'refused_total{reason="taken_over"}': 1,
    sources_total: 2,
    takeovers_total: 1,
  });
  const bytes = (await counted())['media_bytes_total'];
  // The configurations are not media.
  expect(bytes).toBeGreaterThan(2 * sent - 1000);
  expect(bytes).toBeLessThanOrEqual(2 * sent);
  house.ingest.endWorker();
  await expect.poll(counted).toMatchObject({ worker_restarts_total: 1, publishers: 0 });
});
