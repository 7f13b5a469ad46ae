import type { Bus } from '../bus.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';

const POLL_MS = 500;

/**
 * Puts on the bus what another process on the same database has changed (`channel reset-key`),
 * within half a second. One server at a time reads a database's notices.
 */
export function watchNotices(options: { db: Database; bus: Bus; clock: Clock; log: Log }): {
  stop(): Promise<void>;
} {
  const { db, bus, clock, log } = options;
  // Compiled once: building it anew was most of what an idle server did.
  const unread = db.selectFrom('notices').select(['id', 'topic', 'channel']).compile();
  let polling: Promise<void> | null = null;

  const poll = async (): Promise<void> => {
    const { rows } = await db.executeQuery(unread);
    if (rows.length === 0) return;
    const ids = rows.map((row) => row.id);
    await db.deleteFrom('notices').where('id', 'in', ids).execute();
    for (const row of rows) {
      if (row.topic === 'channel:key-reset') bus.publish(row.topic, { channel: row.channel });
    }
  };

  const cancel = clock.every(POLL_MS, () => {
    polling ??= poll()
      .catch((error: unknown) => log.error({ err: error }, 'notices could not be read'))
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
