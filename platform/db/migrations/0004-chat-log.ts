import { type Kysely, SqliteAdapter } from 'kysely';
import type { Migration } from 'kysely/migration';

export async function createChatLogTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chat_messages')
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('offset', 'bigint', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    // With the id: a store that lost its newest entries may number others like them.
    .addPrimaryKeyConstraint('chat_messages_pk', ['channel', 'epoch', 'offset', 'id'])
    .execute();
  await db.schema
    .createIndex('chat_messages_by_id')
    .on('chat_messages')
    .columns(['channel', 'id'])
    .execute();
  await db.schema
    .createIndex('chat_messages_by_author')
    .on('chat_messages')
    .columns(['channel', 'author', 'epoch', 'offset'])
    .execute();
  await db.schema
    .createTable('chat_removed')
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('chat_removed_pk', ['channel', 'message'])
    .execute();
  await db.schema
    .createTable('chat_clears')
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('offset', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('chat_clears_pk', ['channel', 'author'])
    .execute();
}

/** Nothing on SQLite: there the log lies in a file of its own, whose commits hold nobody else up. */
export const chatLogMigration: Migration = {
  async up(db: Kysely<unknown>) {
    if (db.getExecutor().adapter instanceof SqliteAdapter) return;
    await createChatLogTables(db);
  },
};
