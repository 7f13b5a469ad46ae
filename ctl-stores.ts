import type { Accounts } from './platform/accounts.ts';
import { createDbAccounts } from './platform/accounts-db.ts';
import type { Channels } from './platform/channels.ts';
import { createDbChannels } from './platform/channels-db.ts';
import { randomId, systemClock } from './platform/clock.ts';
import { type Config, loadConfig, readEnvironment } from './platform/config.ts';
import { openDatabase } from './platform/db/database.ts';
import { createDbIdentities } from './platform/identities-db.ts';
import type { Sessions } from './platform/identity.ts';
import { createDbSignInCodes, type SignInCodes } from './platform/sign-in-codes.ts';

export interface Output {
  /** One line of JSON, with `--json`. */
  json: unknown;
  /** The same for people. */
  text: string;
  /** What else was done, on standard error. */
  note?: string | null;
}

/** What commands work on: the stores of DATA_DIR or DATABASE_URL, with a server running on them or not. */
export interface Stores {
  config: Config;
  channels: Channels;
  accounts: Accounts;
  sessions: Sessions;
  signInCodes: SignInCodes;
}

/** Opens the stores for one command. There is no bus: running servers read what changed. */
export async function withStores(use: (stores: Stores) => Promise<Output>): Promise<Output> {
  const config = loadConfig(readEnvironment(process.cwd()));
  const db = await openDatabase(config.dataDir, config.databaseUrl);
  try {
    const base = { db, clock: systemClock, newId: randomId, bus: null };
    const { sessions } = await createDbIdentities(base);
    return await use({
      config,
      channels: createDbChannels(base),
      accounts: createDbAccounts(base),
      sessions,
      signInCodes: createDbSignInCodes(base),
    });
  } finally {
    await db.destroy();
  }
}

export const madeUser = ({ user, created }: { user: { name: string }; created: boolean }) =>
  created ? `The user ${user.name} was made.` : null;
