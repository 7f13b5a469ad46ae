import type { Context } from '../platform/context.ts';
import { createHttpIdentity } from '../platform/http-identity.ts';
import { createActions } from './actions.ts';
import { createBlocks } from './blocks.ts';
import { createSettingsStore } from './channel-settings.ts';
import type { OpenParts } from './chat.ts';
import { openChatLog } from './chat-log.ts';
import { createRules } from './chat-rules.ts';
import { createHeldQueue } from './held-queue.ts';
import type { House } from './house.ts';
import type { Presence } from './presence.ts';
import { createMemoryPresence } from './presence-memory.ts';
import { createRedisPresence } from './presence-redis.ts';
import type { RateLimit } from './rate-limit.ts';
import { createMemoryRateLimit } from './rate-limit-memory.ts';
import { createRedisRateLimit } from './rate-limit-redis.ts';
import { createSanctions } from './sanctions.ts';
import { createStandings } from './standings.ts';
import { createWhispers } from './whispers.ts';

/** What was opened is closed the other way round. */
export async function openParts(context: Context): Promise<OpenParts> {
  const log = context.log.child({ service: 'chat' });
  const { broker, archive, messages, close } = await openChatLog({ ...context, log });
  const { presence, limits } = openShared({ ...context, log });
  const sanctions = createSanctions(context);
  const blocks = createBlocks(context);
  const standings = createStandings({ ...context, sanctions, blocks });
  const house: House = {
    ...context,
    broker,
    limits,
    messages,
    settings: createSettingsStore(context),
    standings,
    sanctions,
    actions: createActions(context),
    blocks,
    held: createHeldQueue(context),
    whispers: createWhispers(context),
  };
  return {
    ...context,
    log,
    broker,
    presence,
    archive,
    rules: createRules(house),
    httpIdentity: createHttpIdentity(context),
    async close() {
      standings.close();
      await Promise.all([presence.close(), limits.close(), close()]);
    },
  };
}

/** What all nodes count together. */
function openShared(context: Context): { presence: Presence; limits: RateLimit } {
  const { clock, redis, newId, log } = context;
  if (redis === null)
    return { presence: createMemoryPresence({ clock }), limits: createMemoryRateLimit({ clock }) };
  return {
    presence: createRedisPresence({ redis, clock, newId, log }),
    limits: createRedisRateLimit({ redis, clock, newId }),
  };
}
