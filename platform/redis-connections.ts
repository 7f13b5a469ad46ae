import { Cluster, Redis } from 'ioredis';
import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';
import type { RedisTarget } from './redis-server.ts';

/** A connection, or one to each node of a cluster. Nothing is queued while it is away: commands reject. */
export type RedisClient = Redis | Cluster;

const FIRST_RETRY_MS = 50;
const MOST_RETRY_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** A server that leaves a command unanswered for so long is taken for gone. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Until a silent connection is probed; ten lost probes, a second apart, end it. */
const KEEP_ALIVE_MS = 5_000;

/** Doubling pauses; jittered, so that not every node comes back in the same instant. */
export const retryDelayMs = (attempt: number, random: () => number = Math.random): number =>
  Math.round(
    Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt, 10), MOST_RETRY_MS) * (0.5 + random() / 2),
  );

const connectionOptions = (target: RedisTarget) => ({
  ...target.credentials,
  connectionName: 'footlight',
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: ANSWER_TIMEOUT_MS,
  keepAlive: KEEP_ALIVE_MS,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // Channels are subscribed anew by RedisChannels, which knows when that is done.
  autoResubscribe: false,
});

export function makeSingle(target: RedisTarget): Redis {
  return new Redis({
    ...connectionOptions(target),
    ...target.address,
    db: target.database,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => retryDelayMs(attempt),
  });
}

export function makeCluster(target: RedisTarget): Cluster {
  return new Cluster([target.address], {
    lazyConnect: true,
    enableOfflineQueue: false,
    shardedSubscribers: true,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    clusterRetryStrategy: (attempt) => retryDelayMs(attempt),
    redisOptions: connectionOptions(target),
  });
}

/** Not what `connect` promises: that stays open when a cluster is not whole at the first attempt. */
export async function becomeReady(
  client: RedisClient,
  { clock, waitMs }: { clock: Clock; waitMs: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let reason = 'it does not become ready';
  client.on('error', (error: unknown) => {
    reason = messageOf(error);
  });
  client.once('ready', () => resolve());
  const cancel = clock.after(waitMs, () => reject(new Error(reason)));
  client.connect().catch(() => undefined);
  try {
    await promise;
  } catch (error) {
    client.disconnect();
    throw error;
  } finally {
    cancel();
  }
}

/** Lets what was sent be answered, but never waits long for it. */
export async function endClient(client: RedisClient): Promise<void> {
  if (client.status === 'ready') {
    const { promise, resolve } = Promise.withResolvers<void>();
    const limit = setTimeout(resolve, 500);
    await Promise.race([client.quit().catch(() => undefined), promise]);
    clearTimeout(limit);
  }
  client.disconnect();
}
