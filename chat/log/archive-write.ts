import type { ExpressionBuilder } from 'kysely';
import type { ChatClearTable, ChatLogTables } from '../../platform/db/chat-log-schema.ts';
import type { ChatDatabase } from './chat-database.ts';
import { type Mark, markOf } from './log-marks.ts';
import type { Recorded } from './redis-record.ts';

/** What goes into the database. */
export interface Outgoing extends Recorded {
  channel: string;
  epoch: string;
  offset: number;
}

/** All of them or none, however often and in whatever order. */
export async function writeEntries(db: ChatDatabase, entries: Outgoing[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const messages = entries.filter((entry) => entry.kind === 'message');
    if (messages.length > 0) {
      await transaction
        .insertInto('chat_messages')
        .values(messages.map(toRow))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    for (const entry of entries) {
      const mark = markOf(entry);
      if (mark !== null) await writeMark(transaction, entry, mark);
    }
  });
}

const toRow = ({ channel, epoch, offset, id, kind, author, at, body }: Outgoing) => ({
  ...{ channel, epoch, offset, id, kind, author, at, body },
});

async function writeMark(db: ChatDatabase, entry: Outgoing, mark: Mark): Promise<void> {
  const { channel, epoch, offset, at } = entry;
  if (mark.type === 'removed') {
    if (mark.messages.length === 0) return;
    await db
      .insertInto('chat_removed')
      .values(mark.messages.map((message) => ({ channel, message, at })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return;
  }
  await db
    .insertInto('chat_clears')
    .values({ channel, author: mark.author, epoch, offset, at })
    .onConflict((conflict) =>
      conflict
        .columns(['channel', 'author'])
        .doUpdateSet({ epoch, offset, at })
        .where((where) => isBefore(where, { epoch, offset })),
    )
    .execute();
}

const isBefore = (
  where: ExpressionBuilder<
    ChatLogTables & { excluded: ChatClearTable },
    'chat_clears' | 'excluded'
  >,
  { epoch, offset }: { epoch: string; offset: number },
) =>
  where.or([
    where('chat_clears.epoch', '<', epoch),
    where.and([where('chat_clears.epoch', '=', epoch), where('chat_clears.offset', '<', offset)]),
  ]);
