import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a held message is known by to its author, and that it was denied, for those who send again. */
export const chatHeldAnswersMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('chat_held').addColumn('client_id', 'text').execute();
    await db.schema.alterTable('chat_held').addColumn('denied_at', 'bigint').execute();
  },
};
