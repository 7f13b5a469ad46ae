import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { ChatLogTables } from '../../platform/db/chat-log-schema.ts';
import { createChatLogTables } from '../../platform/db/migrations/0004-chat-log.ts';
import { nodeSqlite } from '../../platform/db/node-sqlite.ts';
import { AppError, messageOf } from '../../platform/errors.ts';

export type ChatDatabase = Kysely<ChatLogTables>;

const CHAT_FILE = 'chat.db';
const BUSY_TIMEOUT_MS = 5_000;

export const chatFile = (dataDir: string): string => join(dataDir, CHAT_FILE);

/** What only the log on one machine needs: its numbering, and what was sent within a day. */
const embeddedLogMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await createChatLogTables(db);
    await db.schema
      .createTable('chat_epochs')
      .addColumn('channel', 'text', (column) => column.primaryKey())
      .addColumn('epoch', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('chat_sent')
      .addColumn('channel', 'text', (column) => column.notNull())
      .addColumn('author', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('offset', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('chat_sent_pk', ['channel', 'author', 'client_id'])
      .execute();
    await db.schema.createIndex('chat_sent_by_time').on('chat_sent').column('at').execute();
  },
};
const MIGRATIONS = { '0001-embedded-log': embeddedLogMigration };

/**
 * Opens DATA_DIR/chat.db, brought up to the newest schema; beside the database of everything else,
 * because one file has one writer at a time, and chat writes all the time.
 *
 * @throws AppError `database_unusable`
 */
export async function openChatDatabase(dataDir: string): Promise<ChatDatabase> {
  const file = chatFile(dataDir);
  try {
    const sqlite = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const db = new Kysely<ChatLogTables>({
      dialect: new SqliteDialect({ database: nodeSqlite(sqlite) }),
    });
    sqlite.exec('BEGIN IMMEDIATE');
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => MIGRATIONS },
    }).migrateToLatest();
    sqlite.exec(error === undefined ? 'COMMIT' : 'ROLLBACK');
    if (error !== undefined) throw error;
    return db;
  } catch (error) {
    throw new AppError({
      code: 'database_unusable',
      message: `The chat log ${file} cannot be used (${messageOf(error)}). Check that the disk has room and that this user owns the file, or set DATA_DIR to another directory.`,
      cause: error,
    });
  }
}
