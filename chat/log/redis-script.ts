import { createHash } from 'node:crypto';
import { Cluster } from 'ioredis';
import type { RedisClient } from '../../platform/redis.ts';

/** A Lua script that Redis runs in one step. */
export class RedisScript {
  readonly #text: string;
  readonly #sha: string;

  constructor(text: string) {
    this.#text = text;
    this.#sha = createHash('sha1').update(text).digest('hex');
  }

  /** Rejects with `NOSCRIPT` where Redis does not know it, or not any more. */
  run(
    client: RedisClient,
    { keys, args }: { keys: string[]; args: (string | number)[] },
  ): Promise<unknown> {
    return client.evalsha(this.#sha, keys.length, ...keys, ...args);
  }

  /** Makes it known to all servers. */
  async load(client: RedisClient): Promise<void> {
    const servers = client instanceof Cluster ? client.nodes('master') : [client];
    await Promise.all(servers.map((server) => server.script('LOAD', this.#text)));
  }
}

export const isUnknownScript = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('NOSCRIPT');
