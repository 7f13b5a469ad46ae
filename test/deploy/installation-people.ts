import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDbAccounts } from '../../platform/accounts-db.ts';
import { createDbChannels } from '../../platform/channels-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/db/database.ts';
import { createDbIdentities } from '../../platform/identities-db.ts';
import { createDbSignInCodes } from '../../platform/sign-in-codes.ts';

const HOUR_MS = 3_600_000;
export type Rank = 'broadcaster' | 'moderator' | 'vip';

/** Makes people of the channel `live` in the installation's database, as `ctl` does. */
export interface InstallationPeople {
  /** Returns a bearer token. */
  token(name: string, rank?: Rank): Promise<string>;
  /** Returns the path of a link that signs one browser in. */
  signInPath(name: string, rank?: Rank): Promise<string>;
  close(): Promise<void>;
}

export async function openPeople(databaseUrl: string): Promise<InstallationPeople> {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-people-'));
  const db = await openDatabase(dataDir, databaseUrl);
  const stores = { db, bus: null, clock: systemClock, newId: randomId };
  const accounts = createDbAccounts(stores);
  const { sessions } = await createDbIdentities(stores);
  const channel = await createDbChannels(stores).byName('live');
  const codes = createDbSignInCodes(stores);
  const ensure = async (name: string, rank?: Rank) => {
    const { user } = await accounts.ensure(name);
    if (rank !== undefined && channel !== null) await accounts.setRole(channel, user.id, rank);
    return user.id;
  };
  return {
    async token(name, rank) {
      const userId = await ensure(name, rank);
      return (await sessions.issue({ userId, lifetimeMs: HOUR_MS })).token;
    },
    async signInPath(name, rank) {
      const userId = await ensure(name, rank);
      return `/signin/${await codes.create({ userId, lifetimeMs: HOUR_MS, sessionMs: HOUR_MS })}`;
    },
    async close() {
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
