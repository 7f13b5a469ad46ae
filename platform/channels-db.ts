import { createHash, randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Channel, Channels } from './channels.ts';
import type { Clock, NewId } from './clock.ts';
import type { Database } from './db/database.ts';
import { writeNotice } from './db/notices.ts';
import type { ChannelTable } from './db/schema.ts';
import { AppError } from './errors.ts';
import { canonicalName, NAME_PATTERN, RESERVED_NAMES } from './protocol/reserved-names.ts';

const STREAM_KEY_BYTES = 24;
const PUBLIC_COLUMNS = ['id', 'name', 'title', 'created_at', 'last_live_at'] as const;

type ChannelRow = Selectable<Pick<ChannelTable, (typeof PUBLIC_COLUMNS)[number]>>;

export interface ChannelStore {
  db: Database;
  clock: Clock;
  newId: NewId;
}

/** Channels in the database, the same queries on SQLite and Postgres. */
export function createDbChannels(options: { db: Database; clock: Clock; newId: NewId }): Channels {
  const { db } = options;

  const find = (column: 'name' | 'stream_key_hash', value: string) =>
    db.selectFrom('channels').select(PUBLIC_COLUMNS).where(column, '=', value).executeTakeFirst();

  return {
    async create(name) {
      return insert(options, checkName(name));
    },

    async byName(name) {
      const row = await find('name', canonicalName(name));
      return row === undefined ? null : toChannel(row);
    },

    async byStreamKey(key) {
      const row = await find('stream_key_hash', hashOf(key));
      return row === undefined ? null : toChannel(row);
    },

    async streamKeyOf(name) {
      const row = await db
        .selectFrom('channels')
        .select('stream_key')
        .where('name', '=', canonicalName(name))
        .executeTakeFirst();
      return row?.stream_key ?? null;
    },

    async list() {
      const rows = await db.selectFrom('channels').select(PUBLIC_COLUMNS).orderBy('name').execute();
      return rows.map(toChannel);
    },

    resetKey: (name) => resetKey(options, canonicalName(name)),

    async setTitle(name, title) {
      await db
        .updateTable('channels')
        .set({ title })
        .where('name', '=', canonicalName(name))
        .execute();
    },

    async setLastLive(name, at) {
      await db
        .updateTable('channels')
        .set({ last_live_at: at })
        .where('name', '=', canonicalName(name))
        .execute();
    },
  };
}

/** Makes the channel that a new installation begins with, whose name nobody else can choose. */
export async function ensureFirstChannel(options: ChannelStore, name: string): Promise<void> {
  try {
    await insert(options, name);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'channel_exists')) throw error;
  }
}

async function insert({ db, clock, newId }: ChannelStore, name: string) {
  const channel: Channel = {
    id: newId(),
    name,
    title: '',
    createdAt: clock.now(),
    lastLiveAt: null,
  };
  const streamKey = newStreamKey();
  const inserted = await db
    .insertInto('channels')
    .values({
      id: channel.id,
      name: channel.name,
      title: channel.title,
      created_at: channel.createdAt,
      last_live_at: null,
      stream_key: streamKey,
      stream_key_hash: hashOf(streamKey),
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) {
    throw new AppError({
      code: 'channel_exists',
      status: 409,
      message: `There is a channel ${name} already. Choose another name.`,
    });
  }
  return { channel, streamKey };
}

/** The new key and the notice that closes the encoder on the old one are kept together or not at all. */
async function resetKey({ db, clock, newId }: ChannelStore, name: string): Promise<string> {
  const streamKey = newStreamKey();
  await db.transaction().execute(async (transaction) => {
    const updated = await transaction
      .updateTable('channels')
      .set({ stream_key: streamKey, stream_key_hash: hashOf(streamKey) })
      .where('name', '=', name)
      .returning('id')
      .executeTakeFirst();
    if (updated === undefined) {
      throw new AppError({
        code: 'channel_unknown',
        status: 404,
        message: `There is no channel ${name}. \`npm run -s ctl -- channel list\` names all of them.`,
      });
    }
    await writeNotice(
      { db: transaction, clock, newId },
      { topic: 'channel:key-reset', fact: { channel: name } },
    );
  });
  return streamKey;
}

function checkName(name: string): string {
  const canonical = canonicalName(name);
  if (!NAME_PATTERN.test(canonical)) {
    throw new AppError({
      code: 'channel_name_invalid',
      status: 400,
      message: `${JSON.stringify(name).slice(0, 60)} cannot be a channel's name. Use 3 to 25 letters, digits or underscores.`,
    });
  }
  if (RESERVED_NAMES.has(canonical)) {
    throw new AppError({
      code: 'channel_name_reserved',
      status: 400,
      message: `The name ${canonical} is kept for the product's own pages. Choose another name.`,
    });
  }
  return canonical;
}

const newStreamKey = (): string => `fl_${randomBytes(STREAM_KEY_BYTES).toString('base64url')}`;
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

const toChannel = (row: ChannelRow): Channel => ({
  id: row.id,
  name: row.name,
  title: row.title,
  createdAt: Number(row.created_at),
  lastLiveAt: row.last_live_at === null ? null : Number(row.last_live_at),
});
