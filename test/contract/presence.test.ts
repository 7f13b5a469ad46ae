import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Presence } from '../../chat/presence/presence.ts';
import { createMemoryPresence } from '../../chat/presence/presence-memory.ts';
import { createRedisPresence } from '../../chat/presence/presence-redis.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { presenceContract, sharedPresenceContract } from './presence.contract.ts';

const log = createLog('silent');
let server: TestRedis;
const opened: RedisHandles[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterEach(async () => {
  for (const redis of opened.splice(0)) await redis.close();
});
afterAll(() => server.stop());

/** Each node has a connection of its own. */
async function openNode(clock: ManualClock): Promise<Presence> {
  const redis = await openRedis({ url: server.url, clock: systemClock, log });
  opened.push(redis);
  await redis.commands.flushall();
  return createRedisPresence({ redis, clock, newId: randomId, log });
}

presenceContract('memory', () => ({ open: async (clock) => createMemoryPresence({ clock }) }));
presenceContract('redis', () => ({ open: openNode }));
sharedPresenceContract('redis', () => ({ open: openNode }));

describe('a node that is killed', () => {
  it('loses its people after 15 s', async () => {
    const clock = createManualClock();
    const survivor = await openNode(clock);
    const killed = await openNode(clock);
    survivor.subscribe('live', () => undefined);
    killed.enter('live', '1', { id: 'ann', name: 'ann', roles: ['member'] });
    const count = async () => {
      clock.advance(250);
      const asked = survivor.snapshot('live');
      return (await Promise.race([asked, new Promise<null>((done) => setTimeout(done, 20, null))]))
        ?.count;
    };
    await expect.poll(count).toBe(1);
    // Its connections to Redis break; nobody says a word.
    await opened[1]?.close();
    await expect.poll(count).toBe(0);
    await killed.close();
  });
});
