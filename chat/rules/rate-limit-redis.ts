import type { Clock, NewId } from '../../platform/clock.ts';
import type { RedisHandles } from '../../platform/redis.ts';
import { RedisAttempts } from '../log/redis-attempts.ts';
import { RedisScript } from '../log/redis-script.ts';
import type { RateLimit, Taken } from './rate-limit.ts';

/**
 * KEYS[1]: a sorted set of uses by time. ARGV: wall ms, window ms, most, name of this use.
 * Answers 0 when it is granted, else the ms until the next may be. Bears a repeat.
 */
const takeScript = new RedisScript(`
local now, window, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZSCORE', KEYS[1], ARGV[4]) then return 0 end
if redis.call('ZCARD', KEYS[1]) < most then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
local first = redis.call('ZRANGE', KEYS[1], -most, -most, 'WITHSCORES')
return math.max(1, math.ceil(tonumber(first[2]) + window - now))`);

/** As long as the broker tries: who is counted is about to publish. */
const ANSWER_MS = 5_000;

/** Sliding windows that all nodes share; their clocks may differ by less than a window. */
export function createRedisRateLimit(options: {
  redis: RedisHandles;
  clock: Clock;
  newId: NewId;
}): RateLimit {
  const { redis, clock, newId } = options;
  const attempts = new RedisAttempts({
    clock,
    limitMs: ANSWER_MS,
    loadScripts: () => takeScript.load(redis.commands),
  });
  const nameOf = (key: string): string => `${redis.prefix}limit:${key}`;
  return {
    async take(key, { most, windowMs }, use = newId()): Promise<Taken> {
      const args = [clock.now(), windowMs, most, use];
      const call = { keys: [nameOf(key)], args };
      const retryAfterMs = Number(await attempts.run(() => takeScript.run(redis.commands, call)));
      return retryAfterMs === 0 ? { granted: true } : { granted: false, retryAfterMs };
    },
    async giveBack(key, use) {
      await attempts.run(() => redis.commands.zrem(nameOf(key), use));
    },
    async close() {},
  };
}
