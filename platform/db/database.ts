import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { AppError, messageOf } from '../errors.ts';
import { channelsMigration } from './migrations/0001-channels.ts';
import { accountsMigration } from './migrations/0002-accounts.ts';
import { chatRulesMigration } from './migrations/0003-chat-rules.ts';
import { nodeSqlite } from './node-sqlite.ts';
import type { Tables } from './schema.ts';

export type Database = Kysely<Tables>;

export const DATABASE_FILE = 'footlight.db';
const MIGRATIONS = {
  '0001-channels': channelsMigration,
  '0002-accounts': accountsMigration,
  '0003-chat-rules': chatRulesMigration,
};
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens DATA_DIR/footlight.db, brought up to the newest schema. Several processes may hold it
 * open (the server and ctl). Close it with `destroy()`.
 *
 * @throws AppError `database_unusable`
 */
export async function openDatabase(dataDir: string): Promise<Database> {
  const file = join(dataDir, DATABASE_FILE);
  try {
    const sqlite = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // Stream keys are in it; the write-ahead log takes the same mode.
    chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: nodeSqlite(sqlite) }) });
    await migrate(sqlite, db);
    return db;
  } catch (error) {
    throw new AppError({
      code: 'database_unusable',
      message: `The database ${file} cannot be used (${messageOf(error)}). Check that the disk has room and that this user owns the file, or set DATA_DIR to another directory.`,
      cause: error,
    });
  }
}

/** All in one exclusive transaction, so two processes that start together do it once. */
async function migrate(sqlite: DatabaseSync, db: Database): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
  });
  sqlite.exec('BEGIN IMMEDIATE');
  const { error } = await migrator.migrateToLatest();
  sqlite.exec(error === undefined ? 'COMMIT' : 'ROLLBACK');
  if (error !== undefined) throw error;
}
