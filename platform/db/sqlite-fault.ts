import { AppError } from '../errors.ts';

const SQLITE_FULL = 13;

/** SQLite's own result code; null for any other error. */
export const sqliteCodeOf = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : null;

/** What can happen to a sound program is told with its cure. */
export function sqliteFault(error: unknown): unknown {
  if (sqliteCodeOf(error) !== SQLITE_FULL) return error;
  return new AppError({
    code: 'disk_full',
    message: 'The disk of DATA_DIR is full, so nothing new can be kept: free some space.',
    status: 507,
    retryable: true,
    cause: error,
  });
}
