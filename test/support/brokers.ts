import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Broker } from '../../chat/log/broker.ts';
import { openEmbeddedBroker } from '../../chat/log/broker-embedded.ts';
import { openRedisBroker } from '../../chat/log/broker-redis.ts';
import { openChatDatabase } from '../../chat/log/chat-database.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis } from '../../platform/redis.ts';
import type { BrokerStore } from '../contract/broker.contract.ts';

const log = createLog('silent');

/** A directory of its own, removed with it. */
export function embeddedStore(
  options: { workerUrl?: URL } = {},
): BrokerStore & { dataDir: string } {
  const dataDir = mkdtempSync(join(tmpdir(), 'footlight-chat-'));
  return {
    dataDir,
    async open() {
      const db = await openChatDatabase(dataDir);
      const broker = await openEmbeddedBroker({ dataDir, clock: systemClock, log, ...options });
      return closingAlso(broker, () => db.destroy());
    },
    remove: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Nodes with connections of their own on one server or cluster, which outlives them. */
export const redisStore = (url: () => string): BrokerStore => ({
  async open() {
    const redis = await openRedis({ url: url(), clock: systemClock, log });
    // Longer than a busy machine may take.
    const broker = await openRedisBroker({ redis, clock: systemClock, log, answerMs: 40_000 });
    return closingAlso(broker, () => redis.close());
  },
  remove: async () => {},
});

function closingAlso(broker: Broker, also: () => Promise<void>): Broker {
  return {
    publish: (channel, draft) => broker.publish(channel, draft),
    published: (channel, author, clientId) => broker.published(channel, author, clientId),
    read: (channel, ask) => broker.read(channel, ask),
    subscribe: (channel, listener, onReset) => broker.subscribe(channel, listener, onReset),
    readiness: () => broker.readiness(),
    async close() {
      await broker.close();
      await also();
    },
  };
}
