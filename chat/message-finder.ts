import type { Kysely, Selectable } from 'kysely';
import type { ChatLogTables, ChatMessageTable } from '../platform/db/chat-log-schema.ts';
import type { KeptMessage, MessageFinder } from './house.ts';

const COLUMNS = ['channel', 'epoch', 'offset', 'id', 'author', 'at', 'body'] as const;
type Row = Selectable<Pick<ChatMessageTable, (typeof COLUMNS)[number]>>;

/** Finds what was said in the tables where it is kept for good. */
export function createMessageFinder(db: Kysely<ChatLogTables>): MessageFinder {
  const messages = (channel: string) =>
    db
      .selectFrom('chat_messages')
      .select(COLUMNS)
      .where('channel', '=', channel)
      .where('kind', '=', 'message');
  return {
    async byId(channel, id) {
      const row = await messages(channel).where('id', '=', id).limit(1).executeTakeFirst();
      return row === undefined ? null : ((await toKept(db, channel, [row]))[0] ?? null);
    },
    async byAuthor(channel, userId, limit) {
      const rows = await messages(channel)
        .where('author', '=', userId)
        .orderBy('epoch', 'desc')
        .orderBy('offset', 'desc')
        .limit(limit)
        .execute();
      return toKept(db, channel, rows);
    },
  };
}

async function toKept(
  db: Kysely<ChatLogTables>,
  channel: string,
  rows: Row[],
): Promise<KeptMessage[]> {
  if (rows.length === 0) return [];
  const authors = [...new Set(rows.map((row) => row.author)), ''];
  const ids = rows.map((row) => row.id);
  const [removed, clears] = await Promise.all([
    db
      .selectFrom('chat_removed')
      .select('message')
      .where('channel', '=', channel)
      .where('message', 'in', ids)
      .execute(),
    db
      .selectFrom('chat_clears')
      .select(['author', 'epoch', 'offset'])
      .where('channel', '=', channel)
      .where('author', 'in', authors)
      .execute(),
  ]);
  const gone = new Set(removed.map(({ message }) => message));
  const isCleared = (row: Row) =>
    clears.some(
      ({ author, epoch, offset }) =>
        (author === '' || author === row.author) &&
        (row.epoch < epoch || (row.epoch === epoch && Number(row.offset) < Number(offset))),
    );
  return rows.map((row) => {
    const said: Pick<KeptMessage, 'author' | 'text'> = JSON.parse(row.body);
    return {
      id: row.id,
      offset: Number(row.offset),
      at: Number(row.at),
      author: said.author,
      text: said.text,
      deleted: gone.has(row.id) || isCleared(row),
    };
  });
}
