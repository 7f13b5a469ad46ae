import { Cluster, Redis } from 'ioredis';
import type { Clock } from './clock.ts';
import { AppError, messageOf } from './errors.ts';
import type { Log } from './log.ts';
import { type ChannelSubscription, RedisChannels } from './redis-channels.ts';
import { RedisOutage } from './redis-outage.ts';
import { askRedis, type RedisTarget, readRedisUrl } from './redis-server.ts';

export type { ChannelSubscription } from './redis-channels.ts';

/** A connection, or one to each node of a cluster. Nothing is queued while it is away: commands reject. */
export type RedisClient = Redis | Cluster;

/**
 * This process's ways to Redis, made here and nowhere else. Lost connections come back by
 * themselves; until then commands reject at once, and none is ever sent twice on one server (a
 * cluster may repeat one whose answer was lost, so scripts must bear a repeat).
 */
export interface RedisHandles {
  /** Never block on it and never subscribe on it: everybody shares it. */
  readonly commands: RedisClient;
  /** The connection behind `subscribeChannel`; on a cluster the same as `commands`. */
  readonly subscriber: RedisClient;
  /** True: channels are sharded Pub/Sub, and the keys of one script share a `{tag}`. */
  readonly isCluster: boolean;
  /** How a script publishes: the name of the command. */
  readonly publishCommand: 'PUBLISH' | 'SPUBLISH';
  /**
   * What every key and channel of this installation begins with: installations apart by the
   * database number in REDIS_URL share nothing, Pub/Sub included.
   */
  readonly prefix: string;
  /**
   * Listens to a channel (its full name, prefix included): one subscription at Redis however many
   * listeners. A listener that throws does not stop the others.
   */
  subscribeChannel(name: string, listener: (message: Buffer) => void): ChannelSubscription;
  /** Resolves when Redis has it; rejects while Redis is away. */
  publishChannel(name: string, message: string | Buffer): Promise<void>;
  /**
   * Calls back when channels are subscribed again after Redis was away: what was published in
   * between was missed. Returns the function that stops it.
   */
  onReconnect(listener: () => void): () => void;
  /** Another connection, for commands that block; closed with the rest. */
  openConnection(): Promise<RedisClient>;
  /** One word for `/readyz`. */
  readiness(): 'ok' | 'reconnecting';
  close(): Promise<void>;
}

export interface RedisSettings {
  /** `redis://` or `rediss://`; of a cluster, any one node. */
  url: string;
  clock: Clock;
  log: Log;
  /** How long the first connection may take; Redis may be starting beside us. */
  waitMs?: number;
}

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

/**
 * Connects, waiting for a Redis that is still starting.
 *
 * @throws AppError `redis_unusable`, which never repeats the URL's password
 */
export async function openRedis(settings: RedisSettings): Promise<RedisHandles> {
  const { clock, log, waitMs = 10_000 } = settings;
  const target = readRedisUrl(settings.url);
  const server = await askRedis(target, { clock, waitMs, retryDelayMs });
  if (!server.keepsLog) {
    log.warn({ server: target.name }, 'redis keeps no append-only file and forgets when it ends');
  }
  const outage = new RedisOutage(target.name, clock, log);
  const open = () => (server.isCluster ? openCluster(target, outage) : openSingle(target, outage));
  const opened: RedisClient[] = [];
  try {
    const commands = await open();
    opened.push(commands);
    const subscriber = server.isCluster ? commands : await open();
    if (subscriber !== commands) opened.push(subscriber);
    return createHandles({ settings, target, commands, subscriber, opened, open });
  } catch (error) {
    for (const client of opened) client.disconnect();
    throw new AppError({
      code: 'redis_unusable',
      message: `Redis at ${target.name} cannot be used (${messageOf(error)}). Check that it runs and that REDIS_URL names it.`,
      cause: error,
    });
  }
}

function createHandles(made: {
  settings: RedisSettings;
  target: RedisTarget;
  commands: RedisClient;
  subscriber: RedisClient;
  opened: RedisClient[];
  open(): Promise<RedisClient>;
}): RedisHandles {
  const { settings, target, commands, subscriber, opened, open } = made;
  const isCluster = commands instanceof Cluster;
  const channels = new RedisChannels(subscriber, settings);
  return {
    commands,
    subscriber,
    isCluster,
    publishCommand: isCluster ? 'SPUBLISH' : 'PUBLISH',
    prefix: target.prefix,
    subscribeChannel: (name, listener) => channels.subscribe(name, listener),
    async publishChannel(name, message) {
      if (isCluster) await commands.spublish(name, message);
      else await commands.publish(name, message);
    },
    onReconnect: (listener) => channels.onReconnect(listener),
    async openConnection() {
      const connection = await open();
      opened.push(connection);
      return connection;
    },
    readiness: () =>
      opened.every((client) => client.status === 'ready') && channels.allConfirmed
        ? 'ok'
        : 'reconnecting',
    async close() {
      channels.close();
      await Promise.all(opened.map(endClient));
    },
  };
}

/** Lets what was sent be answered, but never waits long for it. */
async function endClient(client: RedisClient): Promise<void> {
  if (client.status === 'ready') {
    const { promise, resolve } = Promise.withResolvers<void>();
    const limit = setTimeout(resolve, 500);
    await Promise.race([client.quit().catch(() => undefined), promise]);
    clearTimeout(limit);
  }
  client.disconnect();
}

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

async function openSingle(target: RedisTarget, outage: RedisOutage): Promise<Redis> {
  const redis = new Redis({
    ...connectionOptions(target),
    ...target.address,
    db: target.database,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => retryDelayMs(attempt),
  });
  outage.watch(redis);
  await redis.connect();
  return redis;
}

async function openCluster(target: RedisTarget, outage: RedisOutage): Promise<Cluster> {
  const cluster = new Cluster([target.address], {
    lazyConnect: true,
    enableOfflineQueue: false,
    shardedSubscribers: true,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    clusterRetryStrategy: (attempt) => retryDelayMs(attempt),
    redisOptions: connectionOptions(target),
  });
  outage.watch(cluster);
  await cluster.connect();
  return cluster;
}
