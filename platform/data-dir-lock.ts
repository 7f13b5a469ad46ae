import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteCodeOf } from './db/sqlite-fault.ts';
import { AppError, messageOf } from './errors.ts';

/** A server that is just stopping has this long to let go. */
const WAIT_MS = 3_000;
const SQLITE_BUSY = 5;

/**
 * Makes sure that one server at a time uses a DATA_DIR. The lock is the one SQLite holds on a file
 * of its own, which the kernel releases however the process ends.
 *
 * @returns the function that releases it
 * @throws AppError `data_dir_in_use` or `data_dir_unusable`
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'server.lock');
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(file, { timeout: WAIT_MS });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    throw sqliteCodeOf(error) === SQLITE_BUSY ? inUse(dataDir, error) : unusable(dataDir, error);
  }
  return () => lock.close();
}

const inUse = (dataDir: string, cause: unknown) =>
  new AppError({
    code: 'data_dir_in_use',
    message: `DATA_DIR ${dataDir} is used by another Footlight server (${messageOf(cause)}). Stop that one, or set DATA_DIR to another directory.`,
    cause,
  });

const unusable = (dataDir: string, cause: unknown) =>
  new AppError({
    code: 'data_dir_unusable',
    message: `DATA_DIR ${dataDir} cannot be used (${messageOf(cause)}). Check that its disk has room and that this user owns it, or set DATA_DIR to another directory.`,
    cause,
  });
