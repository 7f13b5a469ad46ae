import type { Accounts } from './accounts.ts';
import type { Bus } from './bus.ts';
import type { Channels } from './channels.ts';
import type { Clock, NewId } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import type { Directory } from './directory.ts';
import type { Identities, Sessions } from './identity.ts';
import type { Log } from './log.ts';
import type { RedisHandles } from './redis.ts';
import type { SignInCodes } from './sign-in-codes.ts';

/** What the live path uses of the context: it knows nobody but by a stream key. */
export interface StreamContext {
  config: Config;
  log: Log;
  bus: Bus;
  directory: Directory;
  channels: Channels;
  clock: Clock;
  newId: NewId;
}

/** What every service is given by the composition root. */
export interface Context extends StreamContext {
  db: Database;
  /** Null: one process, on stores of its own. */
  redis: RedisHandles | null;
  accounts: Accounts;
  identities: Identities;
  sessions: Sessions;
  signInCodes: SignInCodes;
}
