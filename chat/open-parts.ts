import type { Context } from '../platform/context.ts';
import { createHttpIdentity } from '../platform/http-identity.ts';
import type { OpenParts } from './chat.ts';
import { openChatLog } from './log/chat-log.ts';
import type { Presence } from './presence/presence.ts';
import { createActions } from './rules/actions.ts';
import { createBlocks } from './rules/blocks.ts';
import { createSettingsStore } from './rules/channel-settings.ts';
import { createRules } from './rules/chat-rules.ts';
import { createEmotes } from './rules/emotes.ts';
import { createHeldQueue } from './rules/held-queue.ts';
import type { House } from './rules/house.ts';
import type { RateLimit } from './rules/rate-limit.ts';
import { createSanctions } from './rules/sanctions.ts';
import { createStandings } from './rules/standings.ts';
import { createWhispers } from './rules/whispers.ts';
import type { RedisPlaces } from './sockets/places-redis.ts';

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
      import('./presence/presence-memory.ts'),
      import('./rules/rate-limit-memory.ts'),
    ]);
    const presence = createMemoryPresence({ clock });
    return { presence, limits: createMemoryRateLimit({ clock }), places: null };
  }
  const [{ createRedisPresence }, { createRedisRateLimit }, { createRedisPlaces }] =
    await Promise.all([
      import('./presence/presence-redis.ts'),
      import('./rules/rate-limit-redis.ts'),
      import('./sockets/places-redis.ts'),
    ]);
  return {
    presence: createRedisPresence({ redis, clock, newId, log }),
    limits: createRedisRateLimit({ redis, clock, newId }),
    places: createRedisPlaces({ redis, clock, node: newId() }),
  };
}
