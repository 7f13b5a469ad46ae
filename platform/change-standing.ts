import type { Bus } from './bus.ts';
import type { Clock, NewId } from './clock.ts';
import type { Database } from './db/database.ts';
import { writeNotice } from './db/notices.ts';

export interface AccountStore {
  db: Database;
  clock: Clock;
  newId: NewId;
  /** Null (ctl): running servers hear of changes through the database. */
  bus: Bus | null;
}

/** The change, and on every node the news of it: at once over the bus, or left for a server to read. */
export async function changeStanding(
  store: AccountStore,
  fact: { channel: string | null; userId: string },
  change: (transaction: Database) => Promise<void>,
): Promise<void> {
  await store.db.transaction().execute(async (transaction) => {
    await change(transaction);
    if (store.bus === null)
      await writeNotice({ ...store, db: transaction }, { topic: 'chat:standing-changed', fact });
  });
  store.bus?.publish('chat:standing-changed', fact);
}
