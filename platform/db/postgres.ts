import { Kysely, PostgresDialect } from 'kysely';
import { Client, type ClientConfig, Pool, types } from 'pg';
import { type Clock, systemClock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** A pool is one process's; a server bears about a hundred connections in all. */
const MOST_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
/** Longer than the server's own limit: for a server that hangs. */
const ANSWER_TIMEOUT_MS = 20_000;
const IDLE_MS = 60_000;
const MIGRATION_WAIT_MS = 120_000;
/** Any number, but always this one: whoever holds it migrates. */
const MIGRATION_LOCK = 7_306_427_451;

/** What is a number in SQLite is one here: columns of 64 bits, counts, and sums of them. */
const INT8 = 20;
const NUMERIC = 1700;
const numbers: Pick<typeof types, 'getTypeParser'> = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (oid === INT8 || oid === NUMERIC) && format !== 'binary'
      ? Number
      : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** So long a server that is still starting is waited for. */
interface Waiting {
  clock?: Clock;
  waitMs?: number;
}

/**
 * Opens the database of a Postgres server; TLS and its certificates are the URL's to say
 * (`?sslmode=verify-full&sslrootcert=...`). `migrate` runs in one process at a time.
 *
 * @throws AppError `database_unusable`, which never repeats the URL's password
 */
export async function openPostgres(
  url: string,
  migrate: (db: Database) => Promise<void>,
  { clock = systemClock, waitMs = 10_000 }: Waiting = {},
): Promise<Database> {
  try {
    await untilItAnswers(url, { clock, waitMs });
    await migrateOnce(url, migrate);
    return openPool(url, {
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError({
      code: 'database_unusable',
      message: `The database ${nameOf(url)} cannot be used (${reasonOf(error, url)}). Check that Postgres runs there, and that host, user, password and database in DATABASE_URL are right.`,
      cause: error,
    });
  }
}

const connectionOptions = (url: string): ClientConfig => ({
  connectionString: url,
  application_name: 'footlight',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: 5_000,
  types: numbers,
});

function openPool(url: string, limits: ClientConfig): Database {
  const pool = new Pool({
    ...connectionOptions(url),
    ...limits,
    max: MOST_CONNECTIONS,
    idleTimeoutMillis: IDLE_MS,
  });
  // A connection may break while it is lent out but asked nothing; unheard, that would end the
  // process. The next query makes another connection, or fails and says why.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  pool.on('error', () => undefined);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Services that start together migrate once: the others wait for the lock and find it done. */
async function migrateOnce(url: string, migrate: (db: Database) => Promise<void>): Promise<void> {
  const client = new Client({ ...connectionOptions(url), lock_timeout: MIGRATION_WAIT_MS });
  client.on('error', () => undefined);
  await client.connect();
  // A migration may take longer than any statement should later.
  const db = openPool(url, {});
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(db);
  } finally {
    await db.destroy();
    // Which frees the lock.
    await client.end();
  }
}

async function untilItAnswers(url: string, waiting: Required<Waiting>): Promise<void> {
  const { clock, waitMs } = waiting;
  const deadline = clock.now() + waitMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    const client = new Client(connectionOptions(url));
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (!mayPass(error) || clock.now() + pauseMs > deadline) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  }
}

/** `57P03`: it is starting up. */
const PASSING = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', '57P03'];
const mayPass = (error: unknown): boolean => PASSING.includes(codeOf(error) ?? '');

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error ? String(error.code) : null;

/** Of several addresses that all refused, Node says a code and no message. */
function reasonOf(error: unknown, url: string): string {
  const reason = messageOf(error) || (codeOf(error) ?? 'no connection');
  const { password } = new URL(url);
  return [password, decodeURIComponent(password)].reduce(
    (text, secret) => (secret === '' ? text : text.replaceAll(secret, '[secret]')),
    reason,
  );
}

/** Without user, password and options. */
function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
