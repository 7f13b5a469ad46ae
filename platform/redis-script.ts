import { createHash } from 'node:crypto';
import type { RedisClient } from './redis.ts';

type Argument = string | number | Buffer;

/** Runs as one step at Redis; its keys share a `{tag}` where the server is a cluster. */
export interface RedisScript {
  run(client: RedisClient, keys: string[], args: Argument[]): Promise<unknown>;
}

/** Sends the script's text only to a server that does not know it yet. */
export function redisScript(lua: string): RedisScript {
  const sha = createHash('sha1').update(lua).digest('hex');
  return {
    async run(client, keys, args) {
      try {
        return await client.evalsha(sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return client.eval(lua, keys.length, ...keys, ...args);
      }
    },
  };
}
