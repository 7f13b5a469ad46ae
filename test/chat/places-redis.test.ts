import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedisPlaces } from '../../chat/sockets/places-redis.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

let server: TestRedis;
let redis: RedisHandles;
beforeAll(async () => {
  server = await startRedis();
  redis = await openRedis({ url: server.url, clock: systemClock, log: createLog('silent') });
});
afterAll(async () => {
  await redis.close();
  await server.stop();
});
const node = (name: string, leaseMs?: number) => {
  const clock = createManualClock();
  const options = { redis, clock, node: name, ...(leaseMs !== undefined && { leaseMs }) };
  return { clock, places: createRedisPlaces(options) };
};

it('counts what all nodes hold of an address, and no more than that', async () => {
  const [a, b] = [node('a'), node('b')];
  expect(await a.places.claim('1.1.1.1', 1, 3)).toBe(true);
  expect(await b.places.claim('1.1.1.1', 1, 3)).toBe(true);
  expect(await b.places.claim('1.1.1.1', 2, 3)).toBe(true);
  expect(await a.places.claim('1.1.1.1', 2, 3)).toBe(false);
  expect(await a.places.claim('2.2.2.2', 1, 3)).toBe(true);
  b.places.release('1.1.1.1', 1);
  b.clock.advance(1_000);
  await until(async () => expect(await a.places.claim('1.1.1.1', 2, 3)).toBe(true));
  await b.places.close();
  expect(await a.places.claim('1.1.1.1', 3, 3)).toBe(true);
  await a.places.close();
});

it('bears a repeat, since each node tells its own number', async () => {
  const a = node('a');
  for (let time = 0; time < 5; time++) expect(await a.places.claim('3.3.3.3', 1, 1)).toBe(true);
  await a.places.close();
});

it('gives the places of a node back that says nothing any more, and keeps those renewed', async () => {
  const [dead, alive] = [node('dead', 1_500), node('alive', 1_500)];
  expect(await dead.places.claim('4.4.4.4', 2, 2)).toBe(true);
  expect(await alive.places.claim('4.4.4.4', 1, 2)).toBe(false);
  await until(async () => {
    dead.clock.advance(500);
    expect(await alive.places.claim('5.5.5.5', 1, 2)).toBe(true);
  });
  await until(async () => expect(await alive.places.claim('4.4.4.4', 1, 2)).toBe(true));
  await alive.places.close();
});

it('lets everybody in while Redis is away', async () => {
  const own = await startRedis();
  const log = createLog('silent');
  const handles = await openRedis({ url: own.url, clock: systemClock, log });
  const places = createRedisPlaces({ redis: handles, clock: createManualClock(), node: 'a' });
  await own.kill9();
  expect(await places.claim('6.6.6.6', 1, 1)).toBe(true);
  await places.close();
  await handles.close();
  await own.stop();
});
