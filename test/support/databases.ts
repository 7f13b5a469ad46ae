import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Database, openDatabase } from '../../platform/db/database.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** One empty database, brought up to the newest schema, that several processes may open. */
export interface FreshDatabase {
  /** The settings that name it. */
  dataDir: string;
  databaseUrl: string | null;
  open(): Promise<Database>;
  /** Closes what was opened and removes it. */
  remove(): Promise<void>;
}

export type MakeDatabase = () => Promise<FreshDatabase>;

/** Runs a suite over SQLite, and again over a real Postgres of its own. */
export function describeDatabases(name: string, suite: (makeDatabase: MakeDatabase) => void): void {
  describe(`${name} (SQLite)`, () => {
    suite(() => makeDatabase(null));
  });
  describe(`${name} (Postgres)`, () => {
    let server: TestPostgres;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());
    suite(async () => makeDatabase(await server.createDatabase()));
  });
}

async function makeDatabase(databaseUrl: string | null): Promise<FreshDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-db-'));
  const opened: Database[] = [];
  return {
    dataDir,
    databaseUrl,
    async open() {
      const db = await openDatabase(dataDir, databaseUrl);
      opened.push(db);
      return db;
    },
    async remove() {
      for (const db of opened) await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
