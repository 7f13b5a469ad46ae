import { afterEach } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createLog, type Log } from '../../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../../platform/redis.ts';

/** Opens handles that are closed after the test. */
export function redisOpener() {
  const opened: RedisHandles[] = [];
  afterEach(async () => {
    for (const handles of opened.splice(0)) await handles.close();
  });
  return async (
    url: string,
    { waitMs = 10_000, log = createLog('silent') }: { waitMs?: number; log?: Log } = {},
  ): Promise<RedisHandles> => {
    const handles = await openRedis({ url, clock: systemClock, log, waitMs });
    opened.push(handles);
    return handles;
  };
}

/** What a channel brings, as text. */
export function listen(handles: RedisHandles, name: string) {
  const heard: string[] = [];
  const subscription = handles.subscribeChannel(name, (message) => heard.push(String(message)));
  return { heard, ...subscription };
}
