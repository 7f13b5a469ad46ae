import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/database.ts';

export interface Sanction {
  kind: 'timeout' | 'ban';
  /** Wall ms; null: for ever. */
  until: number | null;
  reason: string | null;
  actionId: string;
}

/** Timeouts and bans as the database has them: true on every node and after every restart. */
export interface Sanctions {
  /** What holds now; null: nothing. */
  of(channelId: string, userId: string): Promise<Sanction | null>;
  /** In place of what there was. */
  put(channelId: string, userId: string, sanction: Sanction): Promise<void>;
  /** What was lifted; null: there was nothing. */
  lift(channelId: string, userId: string): Promise<Sanction | null>;
  banned(channelId: string): Promise<string[]>;
}

const COLUMNS = ['kind', 'until', 'reason', 'action_id'] as const;

export function createSanctions({ db, clock }: { db: Database; clock: Clock }): Sanctions {
  const find = async (channelId: string, userId: string): Promise<Sanction | null> => {
    const row = await db
      .selectFrom('chat_sanctions')
      .select(COLUMNS)
      .where('channel_id', '=', channelId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (row === undefined) return null;
    const until = row.until === null ? null : Number(row.until);
    if (until !== null && until <= clock.now()) return null;
    return { kind: row.kind, until, reason: row.reason, actionId: row.action_id };
  };
  return {
    of: find,
    async put(channelId, userId, { kind, until, reason, actionId }) {
      const values = { kind, until, reason, action_id: actionId };
      await db
        .insertInto('chat_sanctions')
        .values({ channel_id: channelId, user_id: userId, ...values })
        .onConflict((conflict) => conflict.columns(['channel_id', 'user_id']).doUpdateSet(values))
        .execute();
    },
    async lift(channelId, userId) {
      const held = await find(channelId, userId);
      await db
        .deleteFrom('chat_sanctions')
        .where('channel_id', '=', channelId)
        .where('user_id', '=', userId)
        .execute();
      return held;
    },
    async banned(channelId) {
      const rows = await db
        .selectFrom('chat_sanctions')
        .select('user_id')
        .where('channel_id', '=', channelId)
        .where('kind', '=', 'ban')
        .execute();
      return rows.map((row) => row.user_id);
    },
  };
}
