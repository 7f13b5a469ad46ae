import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError, messageOf } from './errors.ts';

/** A server that is just stopping has this long to let go. */
const WAIT_MS = 3_000;

/**
 * Makes sure that one server at a time uses a DATA_DIR. The lock is the one SQLite holds on a file
 * of its own, which the kernel releases however the process ends.
 *
 * @returns the function that releases it
 * @throws AppError `data_dir_in_use`
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'server.lock');
  const lock = new DatabaseSync(file, { timeout: WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new AppError({
      code: 'data_dir_in_use',
      message: `DATA_DIR ${dataDir} is used by another Footlight server (${messageOf(error)}). Stop that one, or set DATA_DIR to another directory.`,
      cause: error,
    });
  }
  return () => lock.close();
}
