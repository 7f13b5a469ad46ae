import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { Clock } from './clock.ts';
import { AppError, messageOf } from './errors.ts';

/** What REDIS_URL says. */
export interface RedisTarget {
  address: { host: string; port: number };
  credentials: { username?: string; password?: string; tls?: { servername?: string } };
  database: number;
  /** For messages: the address alone. */
  name: string;
  prefix: string;
}

export interface RedisServer {
  isCluster: boolean;
  /** It has an append-only file. */
  keepsLog: boolean;
}

const DEFAULT_PORT = 6379;
/** The first with sharded Pub/Sub. */
const OLDEST_MAJOR = 7;

export function readRedisUrl(text: string): RedisTarget {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '') || 'localhost';
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  const database = Number(url.pathname.slice(1));
  if (!Number.isInteger(database)) {
    throw new AppError({
      code: 'redis_unusable',
      message:
        'REDIS_URL has a path that is no database number. End it after the port, or with a number such as /1.',
    });
  }
  return {
    address: { host, port },
    credentials: {
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
      ...(url.protocol === 'rediss:' && {
        // Of a cluster's nodes only addresses are known, and their certificate names the host.
        tls: isIP(host) === 0 ? { servername: host } : {},
      }),
    },
    database,
    name: `${url.hostname}:${port}`,
    prefix: database === 0 ? 'footlight:' : `footlight:${database}:`,
  };
}

/** Asks the server what it is, again and again until it answers or `waitMs` are over. */
export async function askRedis(
  target: RedisTarget,
  options: { clock: Clock; waitMs: number; retryDelayMs(attempt: number): number },
): Promise<RedisServer> {
  const { clock, waitMs } = options;
  const deadline = clock.now() + waitMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return readAnswer(await infoOf(target, waitMs), target);
    } catch (error) {
      const pauseMs = options.retryDelayMs(attempt);
      if (!mayPass(error) || clock.now() + pauseMs > deadline) throw unusable(target, error);
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }
}

/** Not a wrong password, certificate or version, which no waiting cures. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof AppError) &&
  !/WRONGPASS|NOAUTH|NOPERM|invalid|certificate/i.test(messageOf(error));

async function infoOf(target: RedisTarget, connectTimeout: number): Promise<string> {
  const redis = new Redis({
    ...target.address,
    ...target.credentials,
    lazyConnect: true,
    connectTimeout,
    commandTimeout: connectTimeout,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  let fault: unknown = null;
  redis.on('error', (error: unknown) => {
    fault ??= error;
  });
  try {
    await redis.connect();
    return await redis.info();
  } catch (error) {
    // What the connection failed of says more than that it is closed.
    throw fault ?? error;
  } finally {
    redis.disconnect();
  }
}

function readAnswer(info: string, target: RedisTarget): RedisServer {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
  const version = field('redis_version') ?? '';
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new AppError({
      code: 'redis_unusable',
      message: `Redis at ${target.name} is version ${version}, and ${OLDEST_MAJOR}.0 or newer is needed. Update it, or set REDIS_URL to another server.`,
    });
  }
  return { isCluster: field('cluster_enabled') === '1', keepsLog: field('aof_enabled') === '1' };
}

function unusable(target: RedisTarget, error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError({
    code: 'redis_unusable',
    message: `Redis at ${target.name} cannot be used (${messageOf(error)}). Check that it runs, and that host, port, user and password in REDIS_URL are right.`,
    cause: error,
  });
}
