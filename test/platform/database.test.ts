import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '../../platform/data-dir-lock.ts';
import { DATABASE_FILE, migrate, openDatabase } from '../../platform/db/database.ts';
import { nodeSqlite } from '../../platform/db/node-sqlite.ts';
import { openPostgres } from '../../platform/db/postgres.ts';
import { describeDatabases, type FreshDatabase } from '../support/databases.ts';
import { freePorts } from '../support/free-ports.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { PROJECT } from '../support/product.ts';

const DATABASE_MODULE = pathToFileURL(join(PROJECT, 'platform/db/database.ts')).href;

/** Opens an empty database in several processes at once; resolves with their exit codes. */
async function openTogether(dataDir: string, databaseUrl: string | null) {
  const script = `const { openDatabase } = await import('${DATABASE_MODULE}');
    const db = await openDatabase(${JSON.stringify(dataDir)}, ${JSON.stringify(databaseUrl)});
    await db.selectFrom('channels').selectAll().execute();
    await db.destroy();`;
  const opened = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
  );
  return Promise.all(opened.map(async (child) => (await once(child, 'exit'))[0]));
}

describeDatabases('a database', (makeDatabase) => {
  let fresh: FreshDatabase;
  beforeEach(async () => {
    fresh = await makeDatabase();
  });
  afterEach(() => fresh.remove());

  it('is made once by several processes that begin together', async () => {
    expect(await openTogether(fresh.dataDir, fresh.databaseUrl)).toEqual([0, 0, 0, 0]);
    const db = await fresh.open();
    const names = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
    expect(new Set(names.rows.map(({ name }) => name)).size).toBe(names.rows.length);
    expect(names.rows.length).toBeGreaterThan(0);
  });

  it('that a newer version brought up to date is refused with the cure', async () => {
    const db = await fresh.open();
    await sql`insert into kysely_migration (name, timestamp) values ('9999-newer', '9999-12-31')`.execute(
      db,
    );
    await expect(fresh.open()).rejects.toMatchObject({
      code: 'database_unusable',
      message: expect.stringMatching(/newer version of Footlight \(it has 9999-newer\).*Update/),
    });
  });

  it('keeps nothing of a transaction that fails', async () => {
    const db = await fresh.open();
    const failing = db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('notices')
        .values({ id: 'a', topic: 'a', fact: '{}', created_at: 1 })
        .execute();
      throw new Error('the second half');
    });
    await expect(failing).rejects.toThrow('the second half');
    expect(await db.selectFrom('notices').selectAll().execute()).toEqual([]);
  });
});

describe('SQLite', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'footlight-db-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is read by nobody else, for it holds the stream keys', async () => {
    const db = await openDatabase(dataDir);
    expect(statSync(join(dataDir, DATABASE_FILE)).mode & 0o077).toBe(0);
    await db.destroy();
  });

  it('that cannot be opened is named with the cure', async () => {
    await expect(openDatabase(join(dataDir, 'nowhere'))).rejects.toMatchObject({
      code: 'database_unusable',
      message: expect.stringContaining('set DATA_DIR'),
    });
  });

  it('has a DATA_DIR that belongs to one server until that one lets go', () => {
    mkdirSync(dataDir, { recursive: true });
    const release = lockDataDir(dataDir);
    expect(() => lockDataDir(dataDir)).toThrow(/is used by another Footlight server/);
    release();
    lockDataDir(dataDir)();
  });

  it('does not name another server where the DATA_DIR itself is at fault', () => {
    mkdirSync(join(dataDir, 'server.lock'));
    expect(() => lockDataDir(dataDir)).toThrow(/cannot be used .* disk has room/);
  });

  it('on a full disk says so with the cure, and goes on once there is room', () => {
    const sqlite = new DatabaseSync(join(dataDir, 'small.db'));
    sqlite.exec('CREATE TABLE kept (bytes BLOB); PRAGMA max_page_count = 3');
    const insert = nodeSqlite(sqlite).prepare('INSERT INTO kept VALUES (?)');
    expect(() => insert.run([Buffer.alloc(20_000)])).toThrow(/disk of DATA_DIR is full.*free/);
    sqlite.exec('PRAGMA max_page_count = 30');
    expect(insert.run([Buffer.alloc(20_000)])).toMatchObject({ changes: 1 });
    sqlite.close();
  });
});

describe('Postgres', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const openingFault = (url: string) =>
    openPostgres(url, migrate, { waitMs: 300 }).then(
      () => null,
      (error: unknown) => error as Error,
    );

  it('that nobody answers for is named with the cure', async () => {
    const [port = 0] = await freePorts(1);
    const fault = await openingFault(`postgres://me:hunter2@localhost:${port}/stage`);
    expect(fault).toMatchObject({ code: 'database_unusable' });
    expect(fault?.message).toMatch(/localhost:\d+\/stage .*ECONNREFUSED.*DATABASE_URL/);
    expect(fault?.message).not.toContain('hunter2');
  });

  it.each([
    ['a wrong password', (url: string) => url.replace(/:[^:@]+@/, ':hunter2@'), /password/],
    ['an unknown database', (url: string) => url.replace(/[^/]+$/, 'nowhere'), /nowhere/],
    ['TLS that the server has not', (url: string) => `${url}?sslmode=verify-full`, /SSL/],
  ])('refuses %s at once, and its password is not repeated', async (_, change, says) => {
    const fault = await openingFault(change(server.url));
    expect(fault).toMatchObject({ code: 'database_unusable' });
    expect(fault?.message).toMatch(says);
    expect(fault?.message).not.toMatch(/hunter2|sesame/);
  });

  it('is waited for while it starts', async () => {
    await server.kill9();
    const opening = openPostgres(server.url, migrate);
    await server.restart();
    await (await opening).destroy();
  });

  it('holds no more than ten connections of a process, however many queries wait', async () => {
    const db = await openDatabase('', await server.createDatabase());
    const counted = Array.from({ length: 40 }, () =>
      sql<{ open: number }>`select pg_sleep(0.02), (select count(*) from pg_stat_activity
        where datname = current_database()) as open`.execute(db),
    );
    const open = (await Promise.all(counted)).map(({ rows }) => rows[0]?.open ?? 0);
    expect(Math.max(...open)).toBe(10);
    await db.destroy();
  });

  it('ends a statement that takes for ever, and a transaction left open', async () => {
    const db = await openDatabase('', server.url);
    const limits = await sql<{ setting: string }>`select setting from pg_settings
      where name in ('statement_timeout', 'idle_in_transaction_session_timeout')`.execute(db);
    expect(limits.rows).toEqual([{ setting: '15000' }, { setting: '15000' }]);
    await db.destroy();
  });

  it('that ends and comes back is used again, and this process lives on', async () => {
    const db = await openDatabase('', await server.createDatabase());
    const ask = () => db.selectFrom('channels').select('id').execute();
    await Promise.all([ask(), ask(), ask()]);
    // One connection is lent out and asked nothing when it breaks.
    const { promise: broken, resolve: breakOff } = Promise.withResolvers<void>();
    const transaction = db.transaction().execute(() => broken);
    const outcome = transaction.then(
      () => 'committed',
      () => 'failed',
    );
    await sql`select 1`.execute(db);
    await server.kill9();
    await expect(ask()).rejects.toThrow();
    breakOff();
    expect(await outcome).toBe('failed');
    await server.restart();
    await expect.poll(() => ask().catch(() => null)).toEqual([]);
    await db.destroy();
  });
});
