import { pino } from 'pino';

export type Log = import('pino').Logger;

/** What must never be read in a log, wherever a field of that name turns up. */
const SECRET_FIELDS = ['streamKey', 'key', 'token', 'password', 'authorization', 'cookie'];
const REDACTED_PATHS = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** JSON lines on standard output; the message is a constant phrase, the facts are fields. */
export function createLog(level: string): Log {
  return pino({ level, base: null, redact: { paths: REDACTED_PATHS, censor: '[secret]' } });
}
