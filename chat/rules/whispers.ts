import type { Clock, NewId } from '../../platform/clock.ts';
import type { ChatPreferenceTable } from '../../platform/db/chat-schema.ts';
import type { Database } from '../../platform/db/database.ts';

/** Who may whisper to somebody: nobody, those they whispered to first, or everyone. */
export type WhispersFrom = ChatPreferenceTable['whispers_from'];

export interface Whisper {
  id: string;
  at: number;
  text: string;
}

/** Messages between two people. Off for strangers, until somebody says otherwise. */
export interface Whispers {
  mayWhisper(fromId: string, toId: string): Promise<boolean>;
  /** What was kept for this client's id; null: nothing yet. */
  kept(from: string, clientId: string): Promise<(Whisper & { to: string }) | null>;
  keep(whisper: { from: string; to: string; clientId: string; text: string }): Promise<Whisper>;
  preference(userId: string): Promise<WhispersFrom>;
  setPreference(userId: string, from: WhispersFrom): Promise<void>;
}

const DEFAULT: WhispersFrom = 'answered';

export function createWhispers(house: { db: Database; clock: Clock; newId: NewId }): Whispers {
  const { db, clock, newId } = house;
  const preference = async (userId: string): Promise<WhispersFrom> => {
    const row = await db
      .selectFrom('chat_preferences')
      .select('whispers_from')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row?.whispers_from ?? DEFAULT;
  };
  const exists = async (from: string, to: string): Promise<boolean> => {
    const row = await db
      .selectFrom('chat_whispers')
      .select('id')
      .where('from_id', '=', from)
      .where('to_id', '=', to)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  };

  const kept: Whispers['kept'] = async (from, clientId) => {
    const row = await db
      .selectFrom('chat_whispers')
      .select(['id', 'to_id', 'at', 'text'])
      .where('from_id', '=', from)
      .where('client_id', '=', clientId)
      .executeTakeFirst();
    return row === undefined
      ? null
      : { id: row.id, to: row.to_id, at: Number(row.at), text: row.text };
  };

  return {
    preference,
    async mayWhisper(fromId, toId) {
      const blocked = await db
        .selectFrom('chat_blocks')
        .select('user_id')
        .where('user_id', '=', toId)
        .where('blocked_id', '=', fromId)
        .executeTakeFirst();
      if (blocked !== undefined) return false;
      const from = await preference(toId);
      return from === 'everyone' || (from === 'answered' && (await exists(toId, fromId)));
    },
    kept,
    async keep({ from, to, clientId, text }) {
      const whisper = { id: newId(), at: clock.now(), text };
      const added = await db
        .insertInto('chat_whispers')
        .values({ ...whisper, from_id: from, client_id: clientId, to_id: to })
        .onConflict((conflict) => conflict.columns(['from_id', 'client_id']).doNothing())
        .returning('id')
        .executeTakeFirst();
      return added === undefined ? ((await kept(from, clientId)) ?? whisper) : whisper;
    },
    async setPreference(userId, from) {
      const values = { whispers_from: from };
      await db
        .insertInto('chat_preferences')
        .values({ user_id: userId, ...values })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
        .execute();
    },
  };
}
