import { createDbAccounts } from '../../platform/accounts-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/db/database.ts';
import { createDbIdentities } from '../../platform/identities-db.ts';

const HOUR_MS = 3_600_000;

/** Makes as many people beside a running server. Returns a token of each. */
export async function makePeople(
  dataDir: string,
  count: number,
  databaseUrl: string | null = null,
): Promise<string[]> {
  const db = await openDatabase(dataDir, databaseUrl);
  const stores = { db, bus: null, clock: systemClock, newId: randomId };
  const accounts = createDbAccounts(stores);
  const { sessions } = await createDbIdentities(stores);
  const tokens: string[] = [];
  for (let number = 0; number < count; number++) {
    const { user } = await accounts.ensure(`speaker_${number}`);
    tokens.push((await sessions.issue({ userId: user.id, lifetimeMs: HOUR_MS })).token);
  }
  await db.destroy();
  return tokens;
}
