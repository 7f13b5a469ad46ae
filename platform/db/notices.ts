import type { Bus, BusFacts } from '../bus.ts';
import type { Clock, NewId } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';

const POLL_MS = 500;

/** What a process without a bus (ctl) changes and running servers have to hear of. */
const NOTICE_TOPICS = ['channel:key-reset', 'chat:standing-changed', 'identity:revoked'] as const;
type NoticeTopic = (typeof NOTICE_TOPICS)[number];
export type Notice = { [T in NoticeTopic]: { topic: T; fact: BusFacts[T] } }[NoticeTopic];

/** @param store.db the transaction that makes the change: the two are kept together or not at all */
export async function writeNotice(
  store: { db: Database; clock: Clock; newId: NewId },
  { topic, fact }: Notice,
): Promise<void> {
  await store.db
    .insertInto('notices')
    .values({
      id: store.newId(),
      topic,
      fact: JSON.stringify(fact),
      created_at: store.clock.now(),
    })
    .execute();
}

/**
 * Puts on the bus what another process on the same database has changed, within half a second.
 * Of several servers on one database, each notice is published by one, and the bus carries it to
 * the others.
 */
export function watchNotices(options: { db: Database; bus: Bus; clock: Clock; log: Log }): {
  stop(): Promise<void>;
} {
  const { db, bus, clock, log } = options;
  // Compiled once: building it anew was most of what an idle server did.
  const unread = db.selectFrom('notices').select('id').orderBy('created_at').limit(500).compile();
  let polling: Promise<void> | null = null;
  let failing = false;

  const poll = async (): Promise<void> => {
    // A notice is taken out by who reads it: it waits until it can be told to all.
    if (!bus.reachesAll()) return;
    const { rows } = await db.executeQuery(unread);
    if (rows.length === 0) return;
    const ids = rows.map((row) => row.id);
    const taken = await db
      .deleteFrom('notices')
      .where('id', 'in', ids)
      .returning(['id', 'topic', 'fact'])
      .execute();
    taken.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    for (const row of taken) publish(bus, row);
  };

  const cancel = clock.every(POLL_MS, () => {
    polling ??= poll()
      .then(
        () => {
          if (failing) log.info('notices are read again');
          failing = false;
        },
        (error: unknown) => {
          if (!failing) log.error({ err: error }, 'notices could not be read');
          failing = true;
        },
      )
      .finally(() => {
        polling = null;
      });
  });
  return {
    async stop() {
      cancel();
      await polling;
    },
  };
}

/** One of a newer version's topics means nothing here. */
function publish(bus: Bus, row: { topic: string; fact: string }): void {
  const topic = NOTICE_TOPICS.find((one) => one === row.topic);
  if (topic !== undefined) bus.publish(topic, JSON.parse(row.fact));
}
