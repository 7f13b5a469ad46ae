import { Counter } from 'prom-client';
import type { Bus, BusFacts, BusTopic } from './bus.ts';
import { createMemoryBus } from './bus-memory.ts';
import type { NewId } from './clock.ts';
import type { Log } from './log.ts';
import { metrics } from './metrics.ts';
import type { RedisHandles } from './redis.ts';

/** A fact is a few hundred bytes; what is larger is a mistake, and no other process has to bear it. */
const MOST_FACT_BYTES = 256 * 1024;
/** Facts that Redis has not taken yet. */
const MOST_UNDELIVERED = 2_000;

const facts = new Counter({
  name: 'footlight_bus_facts_total',
  help: 'Facts that this process told the others, and heard from them.',
  labelNames: ['direction'],
  registers: [metrics],
});
const dropped = new Counter({
  name: 'footlight_bus_dropped_facts_total',
  help: 'Facts that did not reach the other processes, by reason.',
  labelNames: ['reason'],
  registers: [metrics],
});
for (const direction of ['told', 'heard']) facts.inc({ direction }, 0);
for (const reason of ['away', 'too_many', 'too_large', 'unreadable']) dropped.inc({ reason }, 0);

export interface RedisBus extends Bus {
  /** Tells the listeners of this process alone. */
  publishHere<T extends BusTopic>(topic: T, fact: BusFacts[T]): void;
}

/**
 * The bus of several processes, over one Pub/Sub channel. Listeners of the publishing process hear
 * a fact at once and exactly once; the others hear it when Redis carries it. What is published
 * while Redis is away stays in this process: see fact-replay.ts for how the others catch up.
 *
 * Resolves when nothing that is published from then on is missed.
 */
export async function createRedisBus(options: {
  redis: RedisHandles;
  newId: NewId;
  log: Log;
}): Promise<RedisBus> {
  const { redis, log } = options;
  const self = options.newId();
  const channel = `${redis.prefix}bus`;
  const here = createMemoryBus(log);
  let undelivered = 0;

  const drop = (reason: string, topic: string) => {
    dropped.inc({ reason });
    if (reason !== 'away') log.error({ reason, topic }, 'bus fact dropped');
  };
  const tellOthers = (topic: BusTopic, fact: unknown) => {
    const message = Buffer.from(JSON.stringify({ from: self, topic, fact }));
    if (message.length > MOST_FACT_BYTES) return drop('too_large', topic);
    if (undelivered >= MOST_UNDELIVERED) return drop('too_many', topic);
    undelivered += 1;
    redis
      .publishChannel(channel, message)
      .then(
        () => facts.inc({ direction: 'told' }),
        () => drop('away', topic),
      )
      .finally(() => {
        undelivered -= 1;
      });
  };
  const hear = (message: Buffer) => {
    const { from, topic, fact } = readMessage(message) ?? {};
    if (from === undefined || topic === undefined) return drop('unreadable', 'unknown');
    if (from === self) return;
    facts.inc({ direction: 'heard' });
    here.publish(topic, fact as BusFacts[typeof topic]);
  };

  const subscription = redis.subscribeChannel(channel, hear);
  await subscription.confirmed;
  return {
    publish(topic, fact) {
      here.publish(topic, fact);
      tellOthers(topic, fact);
    },
    publishHere: (topic, fact) => here.publish(topic, fact),
    subscribe: (topic, listener) => here.subscribe(topic, listener),
    reachesAll: () => redis.readiness() === 'ok',
    async close() {
      subscription.end();
      await here.close();
    },
  };
}

function readMessage(message: Buffer): { from: string; topic: BusTopic; fact: unknown } | null {
  try {
    const read = JSON.parse(message.toString());
    return typeof read?.from === 'string' && typeof read.topic === 'string' ? read : null;
  } catch {
    return null;
  }
}
