import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Types and clauses that SQLite and Postgres both have: text, bigint, unique. */
export const channelsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('channels')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_live_at', 'bigint')
      .addColumn('stream_key', 'text', (column) => column.notNull())
      .addColumn('stream_key_hash', 'text', (column) => column.notNull().unique())
      .execute();
    await db.schema
      .createTable('notices')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('topic', 'text', (column) => column.notNull())
      .addColumn('channel', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
