import { createDbAccounts } from './platform/accounts-db.ts';
import { createMemoryBus } from './platform/bus-memory.ts';
import { createDbChannels, ensureFirstChannel } from './platform/channels-db.ts';
import { randomId, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Context } from './platform/context.ts';
import { lockDataDir } from './platform/data-dir-lock.ts';
import { openDatabase } from './platform/db/database.ts';
import { createMemoryDirectory } from './platform/directory-memory.ts';
import { createDbIdentities } from './platform/identities-db.ts';
import type { Log } from './platform/log.ts';
import type { Shutdown } from './platform/shutdown.ts';
import { createDbSignInCodes } from './platform/sign-in-codes.ts';

export const FIRST_CHANNEL = 'live';

export interface Backends {
  context: Context;
  /** Called when every service listens to the bus: tells them what happened before. */
  catchUp(): Promise<void>;
}

/** What services meet in: of one process, or through REDIS_URL of many. */
type Meeting = Pick<Context, 'bus' | 'directory' | 'redis'> & Pick<Backends, 'catchUp'>;

interface Composition {
  config: Config;
  log: Log;
  shutdown: Shutdown;
}

/** The stores that the settings name: DATABASE_URL or SQLite, REDIS_URL or this process's memory. */
export async function openBackends(composition: Composition): Promise<Backends> {
  const { config, log, shutdown } = composition;
  shutdown.add('data directory', lockDataDir(config.dataDir));
  const db = await openDatabase(config.dataDir, config.databaseUrl);
  shutdown.add('database', () => db.destroy());
  const stores = { db, clock: systemClock, newId: randomId };
  const channels = createDbChannels(stores);
  await ensureFirstChannel(stores, FIRST_CHANNEL);

  const { catchUp, ...meeting } =
    config.redisUrl === null
      ? meetInMemory(composition)
      : await meetInRedis({ ...composition, url: config.redisUrl, channels });
  const { bus, redis } = meeting;
  const { identities, sessions, forgetVerified } = await createDbIdentities({ ...stores, bus });
  redis?.onReconnect(forgetVerified);
  const context: Context = {
    ...stores,
    ...meeting,
    config,
    log,
    channels,
    accounts: createDbAccounts({ ...stores, bus }),
    identities,
    sessions,
    signInCodes: createDbSignInCodes(stores),
  };
  return { context, catchUp };
}

function meetInMemory({ log, shutdown }: Composition): Meeting {
  const bus = createMemoryBus(log);
  shutdown.add('bus', () => bus.close());
  const directory = createMemoryDirectory({ clock: systemClock, newId: randomId });
  shutdown.add('directory', () => directory.close());
  return { bus, directory, redis: null, async catchUp() {} };
}

/** The one place where Redis enters. What knows it is read only here: one machine pays nothing. */
async function meetInRedis(
  options: Composition & { url: string; channels: Context['channels'] },
): Promise<Meeting> {
  const { config, log, shutdown, url, channels } = options;
  const [{ openRedis }, { createRedisBus }, { createRedisDirectory }, streams, facts] =
    await Promise.all([
      import('./platform/redis.ts'),
      import('./platform/bus-redis.ts'),
      import('./platform/directory-redis.ts'),
      import('./platform/lost-streams.ts'),
      import('./platform/fact-replay.ts'),
    ]);
  const tools = { clock: systemClock, newId: randomId, log };
  const redis = await openRedis({ ...tools, url });
  shutdown.add('redis', () => redis.close());
  const bus = await createRedisBus({ ...tools, redis });
  shutdown.add('bus', () => bus.close());
  const directory = createRedisDirectory({ ...tools, redis });
  const replay = facts.createFactReplay({ ...tools, bus, directory });
  shutdown.add('fact replay', () => replay.stop());
  redis.onReconnect(() => void replay.catchUp());
  const lost = streams.watchLostStreams({ ...tools, bus, directory, channels, config });
  shutdown.add('lost streams', () => lost.stop());
  return { bus, directory, redis, catchUp: () => replay.catchUp() };
}
