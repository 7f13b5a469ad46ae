import type { Clock } from '../../platform/clock.ts';
import type { RedisHandles } from '../../platform/redis.ts';
import { redisScript } from '../../platform/redis-script.ts';
import type { SharedPlaces } from './address-places.ts';

/** A node that says nothing for so long holds no places any more. */
export const PLACES_LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
const TELL_EVERY_MS = 1_000;

/**
 * KEYS[1]: hash of an address: how many each node holds, and until when that counts. ARGV: node,
 * its own number now, lease ms, most (0: only tell). Answers 0 when it would be too many.
 */
const claimScript = redisScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local own, most = tonumber(ARGV[2]), tonumber(ARGV[4])
local sum = own
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  local count, ends = string.match(held[i + 1], '^(%d+) (%d+)$')
  if tonumber(ends) <= now then redis.call('HDEL', KEYS[1], held[i])
  elseif held[i] ~= ARGV[1] then sum = sum + tonumber(count) end
end
if most > 0 and sum > most then return 0 end
if own == 0 then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], own .. ' ' .. string.format('%.0f', now + ARGV[3])) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`);

export interface RedisPlaces extends SharedPlaces {
  close(): Promise<void>;
}

/**
 * The places that an address holds on all nodes. Each node tells its own number, so a repeat or a
 * lost answer does no harm, and those of a dead node end by themselves. While Redis is away each
 * node counts for itself.
 */
export function createRedisPlaces(options: {
  redis: RedisHandles;
  clock: Clock;
  node: string;
  leaseMs?: number;
}): RedisPlaces {
  const { redis, clock, node, leaseMs = PLACES_LEASE_MS } = options;
  const held = new Map<string, number>();
  const changed = new Set<string>();
  const run = async (network: string, own: number, most: number): Promise<boolean> => {
    const keys = [`${redis.prefix}chat:places:${network}`];
    const answer = await claimScript.run(redis.commands, keys, [node, own, leaseMs, most]);
    return Number(answer) === 1;
  };
  const tell = async (networks: Iterable<string>): Promise<void> => {
    const told = [...networks].map(async (network) => {
      // What is not told now is told when it is renewed, or its lease runs out.
      await run(network, held.get(network) ?? 0, 0).catch(() => false);
    });
    await Promise.all(told);
  };
  const tellChanged = (): Promise<void> => {
    const networks = [...changed];
    changed.clear();
    return tell(networks);
  };
  const cancels = [
    clock.every(TELL_EVERY_MS, () => void tellChanged()),
    clock.every(Math.min(RENEW_EVERY_MS, leaseMs / 3), () => void tell(held.keys())),
  ];
  return {
    async claim(network, own, most) {
      held.set(network, own);
      return run(network, own, most).catch(() => true);
    },
    release(network, own) {
      if (own === 0) held.delete(network);
      else held.set(network, own);
      changed.add(network);
    },
    async close() {
      for (const cancel of cancels) cancel();
      const networks = new Set([...held.keys(), ...changed]);
      held.clear();
      await tell(networks);
    },
  };
}
