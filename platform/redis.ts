import type { Socket } from 'node:net';
import { Cluster } from 'ioredis';
import type { Clock } from './clock.ts';
import { AppError, messageOf } from './errors.ts';
import type { Log } from './log.ts';
import { type ChannelSubscription, RedisChannels } from './redis-channels.ts';
import {
  becomeReady,
  endClient,
  makeCluster,
  makeSingle,
  type RedisClient,
  retryDelayMs,
} from './redis-connections.ts';
import { RedisOutage } from './redis-outage.ts';
import { askRedis, type RedisTarget, readRedisUrl } from './redis-server.ts';

export type { ChannelSubscription } from './redis-channels.ts';
export type { RedisClient } from './redis-connections.ts';

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
  /** This machine's address on the network that it reaches Redis over; null while it is away. */
  localAddress(): string | null;
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
  const open = async () => {
    const client = server.isCluster ? makeCluster(target) : makeSingle(target);
    outage.watch(client);
    await becomeReady(client, { clock, waitMs });
    return client;
  };
  let commands: RedisClient | null = null;
  try {
    commands = await open();
    const subscriber = server.isCluster ? commands : await open();
    return createHandles({ settings, target, commands, subscriber });
  } catch (error) {
    commands?.disconnect();
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
}): RedisHandles {
  const { settings, target, commands, subscriber } = made;
  const clients = new Set([commands, subscriber]);
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
    localAddress: () => localAddressOf(commands),
    readiness: () =>
      [...clients].every(({ status }) => status === 'ready') && channels.allConfirmed
        ? 'ok'
        : 'reconnecting',
    async close() {
      channels.close();
      await Promise.all([...clients].map(endClient));
    },
  };
}

function localAddressOf(client: RedisClient): string | null {
  const connections = client instanceof Cluster ? client.nodes() : [client];
  // A socket, whatever ioredis calls it.
  const addresses = connections.map(({ stream }) => (stream as Socket | undefined)?.localAddress);
  return addresses.find((address) => address !== undefined)?.replace(/^::ffff:/, '') ?? null;
}
