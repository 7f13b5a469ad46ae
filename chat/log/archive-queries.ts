import type { Selectable } from 'kysely';
import type { ChatMessageTable } from '../../platform/db/chat-log-schema.ts';
import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Position } from './broker.ts';
import type { ChatDatabase } from './chat-database.ts';
import { withOffset } from './entry.ts';

/** A message as it was said, whether it can still be seen or not. */
export interface ArchivedMessage extends ChatMessage {
  epoch: string;
  deleted: boolean;
}

const COLUMNS = ['channel', 'epoch', 'offset', 'id', 'author', 'at', 'body'] as const;
type Row = Selectable<Pick<ChatMessageTable, (typeof COLUMNS)[number]>>;

/** What was said, where it is kept for good: the same on one machine and on many. */
export interface ArchiveQueries {
  byId(channel: string, id: string): Promise<ArchivedMessage | null>;
  /** Newest first. */
  byAuthor(channel: string, userId: string, limit: number): Promise<ArchivedMessage[]>;
  /** The messages before a position, or the newest; oldest first. */
  page(
    channel: string,
    ask: { before: Position | null; limit: number },
  ): Promise<ArchivedMessage[]>;
}

export function createArchiveQueries(db: ChatDatabase): ArchiveQueries {
  const messages = (channel: string) =>
    db
      .selectFrom('chat_messages')
      .select(COLUMNS)
      .where('channel', '=', channel)
      .where('kind', '=', 'message');
  const newest = (channel: string, limit: number) =>
    messages(channel).orderBy('epoch', 'desc').orderBy('offset', 'desc').limit(limit);
  return {
    async byId(channel, id) {
      const row = await messages(channel).where('id', '=', id).limit(1).executeTakeFirst();
      return row === undefined ? null : ((await toArchived(db, channel, [row]))[0] ?? null);
    },
    async byAuthor(channel, userId, limit) {
      const rows = await newest(channel, limit).where('author', '=', userId).execute();
      return toArchived(db, channel, rows);
    },
    async page(channel, { before, limit }) {
      let query = newest(channel, limit);
      if (before !== null) {
        const { epoch, offset } = before;
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('epoch', 'offset'), '<', tuple(epoch, offset)),
        );
      }
      return toArchived(db, channel, (await query.execute()).reverse());
    },
  };
}

async function toArchived(
  db: ChatDatabase,
  channel: string,
  rows: Row[],
): Promise<ArchivedMessage[]> {
  if (rows.length === 0) return [];
  const [removed, clears] = await Promise.all([
    removedOf(db, channel, rows),
    clearsOf(db, channel, rows),
  ]);
  const isCleared = (row: Row) =>
    clears.some(
      ({ author, epoch, offset }) =>
        (author === '' || author === row.author) &&
        (row.epoch < epoch || (row.epoch === epoch && row.offset < offset)),
    );
  return rows.map((row) => ({
    ...JSON.parse(withOffset(row.body, row.offset)),
    epoch: row.epoch,
    deleted: removed.has(row.id) || isCleared(row),
  }));
}

async function removedOf(db: ChatDatabase, channel: string, rows: Row[]): Promise<Set<string>> {
  const ids = rows.map((row) => row.id);
  const removed = await db
    .selectFrom('chat_removed')
    .select('message')
    .where('channel', '=', channel)
    .where('message', 'in', ids)
    .execute();
  return new Set(removed.map(({ message }) => message));
}

/** The clears that may concern these: of their authors, and of everybody. */
const clearsOf = (db: ChatDatabase, channel: string, rows: Row[]) =>
  db
    .selectFrom('chat_clears')
    .select(['author', 'epoch', 'offset'])
    .where('channel', '=', channel)
    .where('author', 'in', [...new Set(rows.map((row) => row.author)), ''])
    .execute();
