import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { WorkerHost } from '../../ingest/worker-host.ts';
import { type FromWorker, INGEST_LIMITS } from '../../ingest/worker-messages.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { startEncoder } from '../support/encoder.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, recordMedia, sendMedia } from './support/recorded-media.ts';

let media: MediaMessage[];
const houses: IngestHouse[] = [];
const open: typeof openIngest = async (options) => {
  const house = await openIngest(options);
  houses.push(house);
  return house;
};

beforeAll(async () => {
  media = await recordMedia({ seconds: 2 });
});
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.close()));
});

test('a killed worker comes back on its port, and its streams go on when their encoders return', async () => {
  const house = await open();
  const port = house.port();
  const encoder = startEncoder({ url: house.url('key-alice') });
  const before = await house.next('stream:live');
  const turns: number[] = [];
  const ticks = setInterval(() => turns.push(performance.now()), 5);
  house.ingest.endWorker();
  expect(house.ingest.readiness()).toBe('restarting');
  expect(await house.next('stream:interrupted')).toMatchObject({ reason: 'lost' });
  await encoder.exited;
  await expect.poll(() => house.ingest.readiness(), { interval: 5 }).toBe('ok');

  const again = startEncoder({ url: `rtmp://127.0.0.1:${port}/live/key-alice` });
  const after = await house.next('stream:live');
  clearInterval(ticks);
  expect(after).toMatchObject({ streamId: before.streamId, source: { run: 2 } });
  expect(after.source.firstMediaMs).toBeGreaterThan(before.source.firstMediaMs);
  const longest = Math.max(...turns.map((at, index) => at - (turns[index - 1] ?? at)));
  expect(longest).toBeLessThan(500);
  await again.stop();
});

test('a port that is taken fails the start with the port and the setting to change', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const rtmpPort = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(openIngest({ config: { rtmpPort } })).rejects.toMatchObject({
    code: 'rtmp_listen_failed',
    message: `The RTMP port ${rtmpPort} is taken by another program. Stop that program, or set RTMP_PORT to a free port.`,
  });
  other.close();
});

test('a certificate that cannot be read fails the start with the setting to change', async () => {
  const tls = { certPath: '/nonexistent/cert.pem', keyPath: '/nonexistent/key.pem' };
  await expect(openIngest({ config: { tls } })).rejects.toThrow(/TLS_CERT cannot be read/);
});

test('stopping closes connections, ends streams without grace and frees the port', async () => {
  const house = await openIngest();
  const client = await RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
  sendMedia(client, media);
  await house.next('stream:live');
  const port = house.port();
  await house.close();
  await client.closed;
  expect(house.facts.at(-1)?.topic).toBe('stream:ended');
  const next = createServer().listen(port, '127.0.0.1');
  await once(next, 'listening');
  next.close();
});

test('a worker that hangs is ended and started again, and the main thread runs on meanwhile', async () => {
  const messages: FromWorker[] = [];
  const ended = Promise.withResolvers<void>();
  const host = new WorkerHost({
    worker: {
      host: '127.0.0.1',
      rtmpPort: 0,
      tls: null,
      limits: INGEST_LIMITS,
      readableCodecs: [],
      ffmpegVersion: null,
    },
    clock: systemClock,
    log: createLog('silent'),
    hangMs: 300,
    workerUrl: new URL('./support/hanging-worker.ts', import.meta.url),
    onMessage: (message) => messages.push(message),
    onEnded: ended.resolve,
  });
  await host.start();
  await ended.promise;
  while (!host.listening) await new Promise((resolve) => setTimeout(resolve, 10));
  await host.stop();
  expect(messages).toEqual([]);
});
