import type { Selectable } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { ChatSanctionTable } from '../../platform/db/chat-schema.ts';
import type { Database } from '../../platform/db/database.ts';

export interface Sanction {
  kind: 'timeout' | 'ban';
  /** Wall ms; null: for ever. */
  until: number | null;
  reason: string | null;
  actionId: string;
}

/** Timeouts and bans as the database has them: true on every node and after every restart. */
export interface Sanctions {
  /** The same within a transaction. */
  within(db: Database): Sanctions;
  /** What holds now; null: nothing. */
  of(channelId: string, userId: string): Promise<Sanction | null>;
  /** In place of what there was; false: a timeout, and there is a ban, which is more. */
  put(channelId: string, userId: string, sanction: Sanction): Promise<boolean>;
  /** What was lifted; null: there was nothing, or not by this action. */
  lift(channelId: string, userId: string, actionId?: string): Promise<Sanction | null>;
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
    return row === undefined ? null : holding(row, clock.now());
  };
  return {
    within: (transaction) => createSanctions({ db: transaction, clock }),
    of: find,
    async put(channelId, userId, { kind, until, reason, actionId }) {
      const values = { kind, until, reason, action_id: actionId };
      const put = await db
        .insertInto('chat_sanctions')
        .values({ channel_id: channelId, user_id: userId, ...values })
        .onConflict((conflict) => {
          const update = conflict.columns(['channel_id', 'user_id']).doUpdateSet(values);
          return kind === 'ban' ? update : update.where('chat_sanctions.kind', '!=', 'ban');
        })
        .returning('user_id')
        .executeTakeFirst();
      return put !== undefined;
    },
    async lift(channelId, userId, actionId) {
      let removal = db
        .deleteFrom('chat_sanctions')
        .where('channel_id', '=', channelId)
        .where('user_id', '=', userId);
      if (actionId !== undefined) removal = removal.where('action_id', '=', actionId);
      const row = await removal.returning(COLUMNS).executeTakeFirst();
      return row === undefined ? null : holding(row, clock.now());
    },
  };
}

/** Null: it has run out. */
function holding(
  row: Pick<Selectable<ChatSanctionTable>, (typeof COLUMNS)[number]>,
  now: number,
): Sanction | null {
  const until = row.until === null ? null : Number(row.until);
  if (until !== null && until <= now) return null;
  return { kind: row.kind, until, reason: row.reason, actionId: row.action_id };
}
