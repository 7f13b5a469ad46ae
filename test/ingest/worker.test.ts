import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { WorkerHost } from '../../ingest/worker-host.ts';
import { type FromWorker, INGEST_LIMITS } from '../../ingest/worker-messages.ts';
import { LOOPBACK } from '../../platform/internal-address.ts';
import { createLog } from '../../platform/log.ts';
import { startEncoder } from '../support/encoder.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, recordMedia, sendMedia } from './support/recorded-media.ts';

const FIRST_BACKOFF_MS = 50;

/** A page served by the thread that runs the service, and one who asks for it. */
async function openHttp() {
  const server = createHttpServer((_, response) => response.end('answered'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    answer: async () => (await fetch(`http://127.0.0.1:${port}/`)).text(),
    close: () => server.close(),
  };
}

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
  // The worker stays down until this clock moves.
  const clock = createManualClock(Date.now());
  const house = await open({ clock });
  const port = house.port();
  const encoder = startEncoder({ url: house.url('key-alice') });
  const before = await house.next('stream:live');
  const asked = await openHttp();
  house.ingest.endWorker();
  expect(house.ingest.readiness()).toBe('restarting');
  expect(await house.next('stream:interrupted')).toMatchObject({ reason: 'lost' });
  await encoder.exited;
  expect(await asked.answer()).toBe('answered');
  asked.close();
  expect(house.ingest.readiness()).toBe('restarting');
  clock.advance(FIRST_BACKOFF_MS);
  await expect.poll(() => house.ingest.readiness(), { interval: 5, timeout: 5000 }).toBe('ok');

  const again = startEncoder({ url: `rtmp://127.0.0.1:${port}/live/key-alice` });
  const after = await house.next('stream:live');
  expect(after).toMatchObject({ streamId: before.streamId, source: { run: 2 } });
  expect(after.source.firstMediaMs).toBeGreaterThan(before.source.firstMediaMs);
  await again.stop();
});

test('an encoder whose key was still being checked when the worker ended leaves no stream behind', async () => {
  const asked = Promise.withResolvers<void>();
  const check = Promise.withResolvers<void>();
  const house = await open();
  const { byStreamKey } = house.channels;
  house.channels.byStreamKey = async (key) => {
    asked.resolve();
    await check.promise;
    return byStreamKey(key);
  };
  const client = await RtmpClient.open({ port: house.port() });
  await client.handshake();
  await client.connect();
  const answer = client.publish('key-ghost');
  await asked.promise;
  house.ingest.endWorker();
  await house.logged('ingest worker ended');
  expect(await answer).toBeNull();
  check.resolve();
  const { publisherId } = await house.logged('publisher accepted');
  await house.logged('publisher gone', (line) => line['publisherId'] === publisherId);
  await expect.poll(() => house.directory.byChannel('ghost')).toBeNull();
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

/** A host of a worker that misbehaves as `script` does, on a clock that only the test moves. */
function hostOf(script: string) {
  const clock = createManualClock();
  const messages: FromWorker[] = [];
  let ended = Promise.withResolvers<void>();
  const host = new WorkerHost({
    worker: {
      host: '127.0.0.1',
      rtmpPort: 0,
      feedHost: LOOPBACK,
      tls: null,
      limits: INGEST_LIMITS,
      readableCodecs: [],
      ffmpegVersion: null,
    },
    clock,
    log: createLog('silent'),
    hangMs: 300,
    workerUrl: new URL(`./support/${script}`, import.meta.url),
    onMessage: (message) => messages.push(message),
    onEnded: () => ended.resolve(),
  });
  const nextEnd = async () => {
    await ended.promise;
    ended = Promise.withResolvers();
  };
  return { host, clock, messages, nextEnd };
}

test('a worker that hangs is ended and started again, and the main thread answers meanwhile', async () => {
  const { host, clock, messages, nextEnd } = hostOf('hanging-worker.ts');
  await host.start();
  const asked = await openHttp();
  expect(await asked.answer()).toBe('answered');
  expect(host.listening).toBe(true);
  clock.advance(1000);
  await nextEnd();
  expect(host.listening).toBe(false);
  clock.advance(FIRST_BACKOFF_MS);
  await expect.poll(() => host.listening, { interval: 5, timeout: 5000 }).toBe(true);
  asked.close();
  const stopped = host.stop();
  clock.advance(2000);
  await stopped;
  expect(messages).toEqual([]);
});

test('a worker that hangs before it listens is ended too, when it is the first and when it is not', async () => {
  const first = hostOf('mute-worker.ts');
  const failed = expect(first.host.start()).rejects.toMatchObject({ code: 'ingest_worker_failed' });
  first.clock.advance(1000);
  await failed;

  const { host, clock, nextEnd } = hostOf('once-worker.ts');
  await host.start();
  await nextEnd();
  clock.advance(FIRST_BACKOFF_MS);
  clock.advance(1000);
  await nextEnd();
  expect(host.listening).toBe(false);
  await host.stop();
});
