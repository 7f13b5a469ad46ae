import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { createMemoryRateLimit } from '../../chat/rules/rate-limit-memory.ts';
import { createRedisRateLimit } from '../../chat/rules/rate-limit-redis.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { startRedis } from '../support/redis.ts';
import { rateLimitContract } from './rate-limit.contract.ts';

rateLimitContract('memory', async (clock) => createMemoryRateLimit({ clock }));

describe('over Redis', () => {
  let server: { url: string; stop(): Promise<void> };
  let redis: RedisHandles;
  beforeAll(async () => {
    server = await startRedis();
    redis = await openRedis({ url: server.url, clock: systemClock, log: createLog('silent') });
  });
  afterEach(async () => {
    const keys = ['a', 'b'].map((key) => `${redis.prefix}limit:${key}`);
    for (const key of keys) await redis.commands.del(key);
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });
  rateLimitContract('Redis', async (clock) =>
    createRedisRateLimit({ redis, clock, newId: randomId }),
  );
});
