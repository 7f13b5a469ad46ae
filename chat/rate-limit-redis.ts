import type { RedisHandles } from '../platform/redis.ts';
import type { RateLimit, Taken } from './rate-limit.ts';

/**
 * KEYS[1]: a sorted set of uses by time. ARGV: wall ms, window ms, most, id of this use.
 * Answers 0 when it is granted, else the ms until the next may be.
 */
const TAKE = `
local now, window, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) < most then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
local first = redis.call('ZRANGE', KEYS[1], -most, -most, 'WITHSCORES')
return math.max(1, math.ceil(tonumber(first[2]) + window - now))`;

/** Sliding windows that all nodes share; their clocks may differ by less than a window. */
export function createRedisRateLimit(options: {
  redis: RedisHandles;
  clock: { now(): number };
  newId(): string;
}): RateLimit {
  const { redis, clock, newId } = options;
  return {
    async take(key, { most, windowMs }): Promise<Taken> {
      const retryAfterMs = Number(
        await redis.commands.eval(
          TAKE,
          1,
          `${redis.prefix}limit:${key}`,
          clock.now(),
          windowMs,
          most,
          newId(),
        ),
      );
      return retryAfterMs === 0 ? { granted: true } : { granted: false, retryAfterMs };
    },
    async close() {},
  };
}
