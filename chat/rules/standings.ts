import { LRUCache } from 'lru-cache';
import type { Accounts } from '../../platform/accounts.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Channel } from '../../platform/channels.ts';
import type { Role } from '../../platform/protocol/chat/roles.ts';
import type { Blocks } from './blocks.ts';
import type { Sanction, Sanctions } from './sanctions.ts';

/** Everything that is known of somebody in a channel. */
export interface KnownStanding {
  name: string;
  color: string | null;
  roles: Role[];
  /** Wall ms; null: does not follow. */
  followedAt: number | null;
  /** May have run out since: ask the clock. */
  sanction: Sanction | null;
  blocked: string[];
}

export interface Standings {
  /** Null: there is no such person any more. */
  of(channel: Channel, userId: string): Promise<KnownStanding | null>;
  /** Whoever this is here is asked anew; without: whoever anybody is. */
  forget(channel?: string, userId?: string): void;
  close(): void;
}

/** Bounds how long a node is wrong that missed the word of a change because the bus was away. */
const TRUSTED_MS = 30_000;
const MOST_KNOWN = 50_000;

interface Sources {
  accounts: Accounts;
  sanctions: Sanctions;
  blocks: Blocks;
  bus: Bus;
}

/**
 * Cached, since ten thousand connections may come back at once and each message asks; forgotten as
 * soon as a change is heard of.
 */
export function createStandings(sources: Sources): Standings {
  const cache = new LRUCache<string, KnownStanding, Channel>({
    max: MOST_KNOWN,
    ttl: TRUSTED_MS,
    fetchMethod: async (key, _stale, { context }) =>
      (await load(sources, context, key.slice(key.indexOf(' ') + 1))) ?? undefined,
  });
  const unsubscribe = sources.bus.subscribe('chat:standing-changed', ({ channel, userId }) => {
    if (channel !== null) return void cache.delete(`${channel} ${userId}`);
    for (const key of [...cache.keys()]) if (key.endsWith(` ${userId}`)) cache.delete(key);
  });
  return {
    of: async (channel, userId) =>
      (await cache.fetch(`${channel.name} ${userId}`, { context: channel })) ??
      load(sources, channel, userId),
    forget(channel, userId) {
      if (channel === undefined || userId === undefined) cache.clear();
      else cache.delete(`${channel} ${userId}`);
    },
    close() {
      unsubscribe();
      cache.clear();
    },
  };
}

async function load(
  { accounts, sanctions, blocks }: Sources,
  channel: Channel,
  userId: string,
): Promise<KnownStanding | null> {
  const [user, standing, sanction, blocked] = await Promise.all([
    accounts.userById(userId),
    accounts.rolesIn(channel.id, userId),
    sanctions.of(channel.id, userId),
    blocks.of(userId),
  ]);
  if (user === null) return null;
  const { role, followedAt } = standing;
  return {
    name: user.displayName,
    color: user.color,
    roles: [
      ...(role === null ? [] : [role]),
      ...(followedAt === null ? [] : (['follower'] as const)),
      'member',
    ],
    followedAt,
    // A channel is its broadcaster's, whatever was before.
    sanction: role === 'broadcaster' ? null : sanction,
    blocked,
  };
}
