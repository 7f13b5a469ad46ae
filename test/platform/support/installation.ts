import { afterAll, afterEach, beforeAll } from 'vitest';
import type { BusFacts, BusTopic } from '../../../platform/bus.ts';
import { createRedisBus, type RedisBus } from '../../../platform/bus-redis.ts';
import { type Clock, randomId, systemClock } from '../../../platform/clock.ts';
import { createRedisDirectory, type RedisDirectory } from '../../../platform/directory-redis.ts';
import { createLog } from '../../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../../platform/redis.ts';
import type { Source } from '../../../platform/stream.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

export const log = createLog('silent');
export const source: Source = {
  id: 'source-1',
  run: 1,
  url: 'http://10.0.0.1:1/source-1',
  video: null,
  audio: null,
  wallBaseMs: 0,
  firstMediaMs: 10_000,
};
const TOPICS = ['stream:live', 'stream:playable', 'stream:interrupted', 'stream:ended'] as const;

/** What a process of the installation has: handles, bus and directory of its own. */
export interface Node {
  redis: RedisHandles;
  bus: RedisBus;
  directory: RedisDirectory;
  heard: { topic: BusTopic; fact: BusFacts[BusTopic] }[];
}

export const topics = ({ heard }: Node) => heard.map(({ topic }) => topic);

/** Processes that meet in a Redis of this test file's own; it is emptied after each test. */
export function installation() {
  let server: TestRedis;
  const nodes: Node[] = [];
  beforeAll(async () => {
    server = await startRedis({ appendOnly: 'always' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await nodes[0]?.redis.commands.flushall();
    for (const { redis, bus } of nodes.splice(0)) {
      await bus.close();
      await redis.close();
    }
  });
  return {
    server: () => server,
    async join(clock: Clock = systemClock): Promise<Node> {
      const redis = await openRedis({ url: server.url, clock: systemClock, log });
      const bus = await createRedisBus({ redis, newId: randomId, log });
      const directory = createRedisDirectory({ redis, clock, newId: randomId });
      const node: Node = { redis, bus, directory, heard: [] };
      for (const topic of TOPICS) bus.subscribe(topic, (fact) => node.heard.push({ topic, fact }));
      nodes.push(node);
      return node;
    },
  };
}
