import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { internalAddress, urlHost } from '../../platform/internal-address.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';

const at = (host: string, redis: RedisHandles | null) =>
  internalAddress({ config: { host } as Config, redis });

it('is loopback for an installation of one process', () => {
  expect(at('0.0.0.0', null)).toBe('127.0.0.1');
  expect(at('192.0.2.1', null)).toBe('127.0.0.1');
});

describe.each([
  ['Redis', startRedis],
  ['a Redis Cluster', startRedisCluster],
])('where processes meet in %s', (_, start) => {
  let server: { url: string; stop(): Promise<void> };
  let redis: RedisHandles;
  beforeAll(async () => {
    server = await start();
    const log = createLog('silent');
    redis = await openRedis({ url: server.url, clock: systemClock, log });
    await redis.commands.ping();
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  it('is what HOST names', () => {
    expect(at('192.0.2.1', redis)).toBe('192.0.2.1');
    expect(at('ingest', redis)).toBe('ingest');
  });

  it('is where this machine reaches Redis from, when HOST is every address', () => {
    expect(at('0.0.0.0', redis)).toBe('127.0.0.1');
    expect(at('::', redis)).toBe(redis.localAddress());
  });
});

it('of IPv6 stands in brackets in a URL', () => {
  expect([urlHost('fd00::2'), urlHost('10.0.0.1')]).toEqual(['[fd00::2]', '10.0.0.1']);
});
