import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { AppError, messageOf } from '../errors.ts';
import type { Database } from './database.ts';
import { nodeSqlite } from './node-sqlite.ts';
import type { Tables } from './schema.ts';

export const DATABASE_FILE = 'footlight.db';
const BUSY_TIMEOUT_MS = 5_000;

/** @throws AppError `database_unusable` */
export async function openSqlite(
  dataDir: string,
  migrate: (db: Database) => Promise<void>,
): Promise<Database> {
  const file = join(dataDir, DATABASE_FILE);
  try {
    const sqlite = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // Stream keys are in it; the write-ahead log takes the same mode.
    chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: nodeSqlite(sqlite) }) });
    await migrateOnce(sqlite, () => migrate(db));
    return db;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError({
      code: 'database_unusable',
      message: `The database ${file} cannot be used (${messageOf(error)}). Check that the disk has room and that this user owns the file, or set DATA_DIR to another directory.`,
      cause: error,
    });
  }
}

/** All in one exclusive transaction, so two processes that start together do it once. */
async function migrateOnce(sqlite: DatabaseSync, migrate: () => Promise<void>): Promise<void> {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    await migrate();
  } catch (error) {
    sqlite.exec('ROLLBACK');
    throw error;
  }
  sqlite.exec('COMMIT');
}
