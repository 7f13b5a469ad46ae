import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { createRedisBus } from '../../platform/bus-redis.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { createRedisDirectory } from '../../platform/directory-redis.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { busContract } from './bus.contract.ts';
import { directoryContract } from './directory.contract.ts';

const log = createLog('silent');

describe.each([
  ['Redis', startRedis],
  ['a Redis Cluster', startRedisCluster],
])('over %s', (name, startServer) => {
  let server: { url: string; stop(): Promise<void> };
  let redis: RedisHandles;
  beforeAll(async () => {
    server = await startServer();
    redis = await openRedis({ url: server.url, clock: systemClock, log });
  });
  afterEach(async () => {
    await redis.commands.del(
      `${redis.prefix}{directory}:streams`,
      `${redis.prefix}{directory}:ids`,
    );
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  busContract(name, () => createRedisBus({ redis, newId: randomId, log }));
  directoryContract(name, (clock) => createRedisDirectory({ redis, clock, newId: randomId }));
});
