import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';

/** Whom somebody does not want to read or hear from. */
export interface Blocks {
  of(userId: string): Promise<string[]>;
  set(userId: string, blockedId: string, blocked: boolean): Promise<void>;
}

/** In the welcome of every connection: more is no list a person keeps. */
export const MOST_BLOCKED = 1_000;

export const createBlocks = ({ db, clock }: { db: Database; clock: Clock }): Blocks => ({
  async of(userId) {
    const rows = await db
      .selectFrom('chat_blocks')
      .select('blocked_id')
      .where('user_id', '=', userId)
      .orderBy('at', 'desc')
      .limit(MOST_BLOCKED)
      .execute();
    return rows.map((row) => row.blocked_id);
  },
  async set(userId, blockedId, blocked) {
    if (blocked) {
      await db
        .insertInto('chat_blocks')
        .values({ user_id: userId, blocked_id: blockedId, at: clock.now() })
        .onConflict((conflict) => conflict.columns(['user_id', 'blocked_id']).doNothing())
        .execute();
      return;
    }
    await db
      .deleteFrom('chat_blocks')
      .where('user_id', '=', userId)
      .where('blocked_id', '=', blockedId)
      .execute();
  },
});
