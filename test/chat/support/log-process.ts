import { setTimeout as delay } from 'node:timers/promises';
import { Archiver } from '../../../chat/log/archive.ts';
import type { Broker } from '../../../chat/log/broker.ts';
import { openEmbeddedBroker } from '../../../chat/log/broker-embedded.ts';
import { openRedisBroker } from '../../../chat/log/broker-redis.ts';
import { openChatDatabase } from '../../../chat/log/chat-database.ts';
import { randomId, systemClock } from '../../../platform/clock.ts';
import { createLog } from '../../../platform/log.ts';
import { openRedis } from '../../../platform/redis.ts';
import { draftOf } from '../../support/chat-drafts.ts';
import type { LogProcessLine, LogProcessTask } from './log-under-fire.ts';

/** Publishes without end, or archives, until it is killed; says what it was told, at once. */
const AT_ONCE = 20;
const clock = systemClock;
const log = createLog('silent');
const task: LogProcessTask = JSON.parse(process.argv[2] ?? '');
process.on('disconnect', () => process.exit());

const say = (line: LogProcessLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

if (task.type === 'archive') await archive(task.dataDir, task.redisUrl);
else await publish(await openBroker(task), task);

async function archive(dataDir: string, url: string): Promise<void> {
  const redis = await openRedis({ url, clock, log });
  const db = await openChatDatabase(dataDir);
  const times = { claimIdleMs: 200, claimEveryMs: 100 };
  new Archiver({ redis, db, clock, log, name: randomId(), ...times }).start();
  say({ type: 'started' });
}

async function openBroker({ store }: Extract<LogProcessTask, { type: 'publish' }>) {
  if (store.type === 'redis') {
    return openRedisBroker({
      redis: await openRedis({ url: store.url, clock, log }),
      clock,
      log,
    });
  }
  await openChatDatabase(store.dataDir);
  return openEmbeddedBroker({ dataDir: store.dataDir, clock, log });
}

async function publish(
  broker: Broker,
  { unacked, prefix }: Extract<LogProcessTask, { type: 'publish' }>,
): Promise<void> {
  await broker.subscribe(
    'live',
    (entries) => say({ type: 'heard', entries: entries.map(({ offset, id }) => ({ offset, id })) }),
    () => say({ type: 'reset' }),
  );
  let made = 0;
  const next = () => unacked.pop() ?? `${prefix}-${++made}`;
  const talk = async () => {
    for (;;) {
      const clientId = next();
      say({ type: 'sent', clientId });
      const id = randomId();
      const body = JSON.stringify({ id, text: clientId });
      const draft = draftOf({ clientId, author: 'u1', id, body });
      const kept = await untilKept(() => broker.publish('live', draft));
      say({ type: 'acked', clientId, offset: kept.offset, id: kept.id });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, talk));
}

/** As a client does: again, with the same id. */
async function untilKept<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch {
      await delay(20);
    }
  }
}
