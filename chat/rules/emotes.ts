import { LRUCache } from 'lru-cache';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { BUILT_IN_EMOTES } from './built-in-emotes.ts';

export interface ChannelEmote {
  name: string;
  /** Named by its content. */
  file: string;
  animated: boolean;
  addedBy: string;
  addedAt: number;
}

export interface NewEmote extends ChannelEmote {
  image: Buffer;
}

/** A channel's own emotes, kept in the database: every node has them. */
export interface Emotes {
  /** By name. */
  list(channelId: string): Promise<ChannelEmote[]>;
  /** What can be written between colons here, everybody's emotes among them. */
  names(channelId: string): Promise<ReadonlySet<string>>;
  add(channelId: string, emote: NewEmote): Promise<'added' | 'name_taken' | 'too_many'>;
  remove(channelId: string, name: string): Promise<boolean>;
  /** WebP. */
  image(file: string): Promise<Buffer | null>;
  close(): void;
}

export const MOST_EMOTES = 200;
/** Bounds how long a node is wrong that missed the word of a change because the bus was away. */
const TRUSTED_MS = 30_000;
const MOST_CHANNELS = 2_000;
/** Of images, the ones asked for last. */
const MOST_CACHED_BYTES = 32 * 1024 * 1024;
const COLUMNS = ['name', 'file', 'animated', 'added_by', 'added_at'] as const;

export function createEmotes(house: { db: Database; bus: Bus; clock: Clock }): Emotes {
  const { db, bus } = house;
  const names = new LRUCache<string, ReadonlySet<string>>({
    max: MOST_CHANNELS,
    ttl: TRUSTED_MS,
    fetchMethod: async (channelId) => namesOf(await list(db, channelId)),
  });
  const images = new LRUCache<string, Buffer>({
    maxSize: MOST_CACHED_BYTES,
    sizeCalculation: (image) => image.length,
    fetchMethod: async (file) => (await readImage(db, file)) ?? undefined,
  });
  const unsubscribe = bus.subscribe('chat:settings-changed', ({ channelId }) => {
    names.delete(channelId);
  });
  const changed = (channelId: string): void => bus.publish('chat:settings-changed', { channelId });

  return {
    list: (channelId) => list(db, channelId),
    names: async (channelId) =>
      (await names.fetch(channelId)) ?? namesOf(await list(db, channelId)),
    async add(channelId, emote) {
      const outcome = await db
        .transaction()
        .execute((transaction) => insert(transaction, channelId, emote));
      if (outcome === 'added') changed(channelId);
      return outcome;
    },
    async remove(channelId, name) {
      const removed = await db
        .deleteFrom('emotes')
        .where('channel_id', '=', channelId)
        .where('name', '=', name)
        .returning('name')
        .executeTakeFirst();
      if (removed !== undefined) changed(channelId);
      return removed !== undefined;
    },
    image: async (file) => (await images.fetch(file)) ?? null,
    close() {
      unsubscribe();
      names.clear();
    },
  };
}

async function readImage(db: Database, file: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('emotes')
    .select('image')
    .where('file', '=', file)
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : Buffer.from(row.image, 'base64');
}

const namesOf = (emotes: ChannelEmote[]): ReadonlySet<string> =>
  new Set([...BUILT_IN_EMOTES, ...emotes.map(({ name }) => name)]);

async function list(db: Database, channelId: string): Promise<ChannelEmote[]> {
  const rows = await db
    .selectFrom('emotes')
    .select(COLUMNS)
    .where('channel_id', '=', channelId)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    file: row.file,
    animated: row.animated === 1,
    addedBy: row.added_by,
    addedAt: Number(row.added_at),
  }));
}

async function insert(
  db: Database,
  channelId: string,
  { name, file, animated, image, addedBy, addedAt }: NewEmote,
): Promise<'added' | 'name_taken' | 'too_many'> {
  const { there } = await db
    .selectFrom('emotes')
    .select(({ fn }) => fn.countAll().as('there'))
    .where('channel_id', '=', channelId)
    .executeTakeFirstOrThrow();
  if (Number(there) >= MOST_EMOTES) return 'too_many';
  const added = await db
    .insertInto('emotes')
    .values({
      ...{ channel_id: channelId, name, file },
      ...{ animated: animated ? 1 : 0, image: image.toString('base64') },
      ...{ added_by: addedBy, added_at: addedAt },
    })
    .onConflict((conflict) => conflict.columns(['channel_id', 'name']).doNothing())
    .returning('name')
    .executeTakeFirst();
  return added === undefined ? 'name_taken' : 'added';
}
