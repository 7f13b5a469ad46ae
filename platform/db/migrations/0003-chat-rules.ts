import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Modes, sanctions, moderators' log, held messages, blocked people, whispers and emotes. */
export const chatRulesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('chat_settings')
      .addColumn('channel_id', 'text', (column) => column.primaryKey())
      .addColumn('modes', 'text', (column) => column.notNull())
      .addColumn('pinned', 'text')
      .addColumn('filters', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('chat_sanctions')
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('until', 'bigint')
      .addColumn('reason', 'text')
      .addColumn('action_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('chat_sanctions_key', ['channel_id', 'user_id'])
      .execute();
    await db.schema
      .createTable('chat_actions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('actor_id', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('target_id', 'text')
      .addColumn('reason', 'text')
      .addColumn('detail', 'text', (column) => column.notNull())
      .addColumn('undone_at', 'bigint')
      .addColumn('undone_by', 'text')
      .execute();
    await db.schema
      .createIndex('chat_actions_by_time')
      .on('chat_actions')
      .columns(['channel_id', 'at'])
      .execute();
    await db.schema
      .createIndex('chat_actions_by_target')
      .on('chat_actions')
      .columns(['channel_id', 'target_id', 'at'])
      .execute();
    await db.schema
      .createTable('chat_held')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('author', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('reply_to', 'text')
      .addColumn('message_id', 'text')
      .addColumn('rule', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('chat_held_by_channel')
      .on('chat_held')
      .columns(['channel_id', 'at'])
      .execute();
    await db.schema
      .createTable('chat_terms')
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('term', 'text', (column) => column.notNull())
      .addColumn('added_by', 'text', (column) => column.notNull())
      .addColumn('added_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('chat_terms_key', ['channel_id', 'term'])
      .execute();
    await db.schema
      .createTable('chat_blocks')
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('blocked_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('chat_blocks_key', ['user_id', 'blocked_id'])
      .execute();
    await db.schema
      .createTable('chat_whispers')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('from_id', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('to_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addUniqueConstraint('chat_whispers_once', ['from_id', 'client_id'])
      .execute();
    await db.schema
      .createTable('chat_preferences')
      .addColumn('user_id', 'text', (column) => column.primaryKey())
      .addColumn('whispers_from', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('emotes')
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('file', 'text', (column) => column.notNull())
      .addColumn('animated', 'integer', (column) => column.notNull())
      .addColumn('image', 'text', (column) => column.notNull())
      .addColumn('added_by', 'text', (column) => column.notNull())
      .addColumn('added_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('emotes_key', ['channel_id', 'name'])
      .execute();
  },
};
