import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import { openDatabase } from '../../platform/db/database.ts';
import { watchNotices } from '../../platform/db/notices.ts';
import { createManualClock } from '../support/manual-clock.ts';

test('a database that cannot be read is logged once, and once when it is read again', async (context) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-notices-'));
  context.onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const db = await openDatabase(dataDir);
  context.onTestFinished(() => db.destroy());
  const said: string[] = [];
  const log = pino({}, { write: (line: string) => void said.push(JSON.parse(line).msg) });
  const clock = createManualClock();
  const bus = createMemoryBus(log);
  const lookTimes = async (times: number) => {
    for (let time = 0; time < times; time++) {
      clock.advance(500);
      // The poll's own query is ahead of this one.
      await sql`SELECT 1`.execute(db);
    }
  };
  const notices = watchNotices({ db, bus, clock, log });
  await lookTimes(2);
  await sql`ALTER TABLE notices RENAME TO elsewhere`.execute(db);
  await lookTimes(3);
  await sql`ALTER TABLE elsewhere RENAME TO notices`.execute(db);
  await lookTimes(3);
  await notices.stop();
  expect(said).toEqual(['notices could not be read', 'notices are read again']);
});
