import { LRUCache } from 'lru-cache';
import type { Bus } from '../../platform/bus.ts';
import type { Database } from '../../platform/db/database.ts';
import { type Modes, NO_MODES } from '../../platform/protocol/chat/modes.ts';
import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import { type Filters, NO_FILTERS } from './filters.ts';

export interface ChannelSettings {
  modes: Modes;
  pinned: ChatMessage | null;
  filters: Filters;
  /** Folded (filters.ts); a message that has one of them is held. */
  terms: string[];
}

type Kept = Omit<ChannelSettings, 'terms'>;
export type SettingsChange = (now: ChannelSettings) => Partial<Kept>;
export interface SettingsChanged {
  before: ChannelSettings;
  after: ChannelSettings;
}

/** How a channel's chat is set, kept in the database. */
export interface SettingsStore {
  of(channelId: string): Promise<ChannelSettings>;
  /** As the database has them, whatever this node last heard. */
  fresh(channelId: string): Promise<ChannelSettings>;
  /**
   * One change after the other, whoever makes them: `change` is given what is there now. Told to
   * every node.
   */
  change(channelId: string, change: SettingsChange): Promise<SettingsChanged>;
  /** This channel's are read anew; without: everybody's. */
  forget(channelId?: string): void;
  /** False: it was there (or not there) before. */
  addTerm(channelId: string, term: { term: string; by: string; at: number }): Promise<boolean>;
  removeTerm(channelId: string, term: string): Promise<boolean>;
  close(): void;
}

/** Bounds how long a node is wrong that missed the word of a change because the bus was away. */
const TRUSTED_MS = 30_000;
const MOST_CHANNELS = 5_000;

export function createSettingsStore({ db, bus }: { db: Database; bus: Bus }): SettingsStore {
  const cache = new LRUCache<string, ChannelSettings>({
    max: MOST_CHANNELS,
    ttl: TRUSTED_MS,
    fetchMethod: (channelId) => load(db, channelId),
  });
  const unsubscribe = bus.subscribe('chat:settings-changed', ({ channelId }) => {
    cache.delete(channelId);
  });
  const changed = (channelId: string): void => {
    cache.delete(channelId);
    bus.publish('chat:settings-changed', { channelId });
  };

  return {
    // A change while it was read ends the reading: then it is read again.
    of: async (channelId) => (await cache.fetch(channelId)) ?? load(db, channelId),
    fresh: (channelId) => load(db, channelId),
    async change(channelId, change) {
      const both = await db.transaction().execute(async (transaction) => {
        await lock(transaction, channelId);
        const before = await load(transaction, channelId);
        const after = { ...before, ...change(before) };
        await write(transaction, channelId, after);
        return { before, after };
      });
      changed(channelId);
      return both;
    },
    forget(channelId) {
      if (channelId === undefined) cache.clear();
      else cache.delete(channelId);
    },
    async addTerm(channelId, { term, by, at }) {
      const added = await db
        .insertInto('chat_terms')
        .values({ channel_id: channelId, term, added_by: by, added_at: at })
        .onConflict((conflict) => conflict.columns(['channel_id', 'term']).doNothing())
        .returning('term')
        .executeTakeFirst();
      changed(channelId);
      return added !== undefined;
    },
    async removeTerm(channelId, term) {
      const removed = await db
        .deleteFrom('chat_terms')
        .where('channel_id', '=', channelId)
        .where('term', '=', term)
        .returning('term')
        .executeTakeFirst();
      changed(channelId);
      return removed !== undefined;
    },
    close() {
      unsubscribe();
      cache.clear();
    },
  };
}

const toColumns = ({ modes, pinned, filters }: Kept) => ({
  modes: JSON.stringify(modes),
  pinned: pinned === null ? null : JSON.stringify(pinned),
  filters: JSON.stringify(filters),
});

/** Makes the row when there is none, and holds it until the transaction ends. */
async function lock(db: Database, channelId: string): Promise<void> {
  const nothing = { modes: NO_MODES, pinned: null, filters: NO_FILTERS };
  await db
    .insertInto('chat_settings')
    .values({ channel_id: channelId, ...toColumns(nothing) })
    .onConflict((conflict) => conflict.column('channel_id').doUpdateSet({ channel_id: channelId }))
    .execute();
}

async function write(db: Database, channelId: string, settings: ChannelSettings): Promise<void> {
  await db
    .updateTable('chat_settings')
    .set(toColumns(settings))
    .where('channel_id', '=', channelId)
    .execute();
}

async function load(db: Database, channelId: string): Promise<ChannelSettings> {
  const row = await db
    .selectFrom('chat_settings')
    .select(['modes', 'pinned', 'filters'])
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  const terms = await db
    .selectFrom('chat_terms')
    .select('term')
    .where('channel_id', '=', channelId)
    .orderBy('term')
    .execute();
  return {
    modes: { ...NO_MODES, ...(row && (JSON.parse(row.modes) as Modes)) },
    pinned: row?.pinned ? (JSON.parse(row.pinned) as ChatMessage) : null,
    filters: { ...NO_FILTERS, ...(row && (JSON.parse(row.filters) as Filters)) },
    terms: terms.map(({ term }) => term),
  };
}
