import type { Context } from '../platform/context.ts';
import { createHttpIdentity } from '../platform/http-identity.ts';
import { createActions } from './actions.ts';
import { createBlocks } from './blocks.ts';
import { createSettingsStore } from './channel-settings.ts';
import type { OpenParts } from './chat.ts';
import { openChatLog } from './chat-log.ts';
import { createRules } from './chat-rules.ts';
import { createEmotes } from './emotes.ts';
import { createHeldQueue } from './held-queue.ts';
import type { House } from './house.ts';
import type { RedisPlaces } from './places-redis.ts';
import type { Presence } from './presence.ts';
import type { RateLimit } from './rate-limit.ts';
import { createSanctions } from './sanctions.ts';
import { createStandings } from './standings.ts';
import { createWhispers } from './whispers.ts';

/** What was opened is closed the other way round. */
export async function openParts(context: Context): Promise<OpenParts> {
  const log = context.log.child({ service: 'chat' });
  const { broker, archive, messages, close } = await openChatLog({ ...context, log });
  const { presence, limits, places } = await openShared({ ...context, log });
  const sanctions = createSanctions(context);
  const blocks = createBlocks(context);
  const standings = createStandings({ ...context, sanctions, blocks });
  const settings = createSettingsStore(context);
  const emotes = createEmotes(context);
  // What the bus told while Redis was away was missed.
  const stopForgetting = context.redis?.onReconnect(() => {
    standings.forget();
    settings.forget();
  });
  const house: House = {
    ...context,
    broker,
    limits,
    messages,
    settings,
    emotes,
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
    house,
    sharedPlaces: places,
    rules: createRules(house),
    httpIdentity: createHttpIdentity(context),
    async close() {
      stopForgetting?.();
      for (const part of [standings, settings, emotes]) part.close();
      await places?.close();
      await Promise.all([presence.close(), limits.close(), close()]);
    },
  };
}

interface Shared {
  presence: Presence;
  limits: RateLimit;
  places: RedisPlaces | null;
}

/** What all nodes count together. Of the two ways only the one that is taken is read. */
async function openShared({ clock, redis, newId, log }: Context): Promise<Shared> {
  if (redis === null) {
    const [{ createMemoryPresence }, { createMemoryRateLimit }] = await Promise.all([
      import('./presence-memory.ts'),
      import('./rate-limit-memory.ts'),
    ]);
    const presence = createMemoryPresence({ clock });
    return { presence, limits: createMemoryRateLimit({ clock }), places: null };
  }
  const [{ createRedisPresence }, { createRedisRateLimit }, { createRedisPlaces }] =
    await Promise.all([
      import('./presence-redis.ts'),
      import('./rate-limit-redis.ts'),
      import('./places-redis.ts'),
    ]);
  return {
    presence: createRedisPresence({ redis, clock, newId, log }),
    limits: createRedisRateLimit({ redis, clock, newId }),
    places: createRedisPlaces({ redis, clock, node: newId() }),
  };
}
