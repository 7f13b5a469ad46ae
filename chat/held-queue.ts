import type { Selectable } from 'kysely';
import type { Bus } from '../platform/bus.ts';
import type { Channel } from '../platform/channels.ts';
import type { Clock, NewId } from '../platform/clock.ts';
import type { ChatHeldTable } from '../platform/db/chat-schema.ts';
import type { Database } from '../platform/db/database.ts';
import type { Author } from '../platform/protocol/chat/roles.ts';
import type { HeldMessage } from '../platform/protocol/chat/server-messages.ts';

export interface HeldDraft {
  /** The same client's message is held once. */
  id: string;
  author: Author;
  text: string;
  replyTo: string | null;
  /** The message reported; null: it was never shown. */
  messageId: string | null;
  rule: string;
  reason: string;
}

export type Held = HeldMessage & Pick<HeldDraft, 'replyTo' | 'messageId'>;

/** Messages that wait for a moderator of their channel. */
export interface HeldQueue {
  add(channel: Channel, draft: HeldDraft): Promise<void>;
  /** Takes it out, for one moderator only; null: another one was quicker. */
  take(channel: Channel, id: string): Promise<Held | null>;
  /** Oldest first. */
  list(channelId: string): Promise<HeldMessage[]>;
  has(channelId: string, id: string): Promise<boolean>;
}

/** Beyond it the oldest go unseen: nobody reviews so many. */
const MOST_HELD = 500;

export function createHeldQueue(house: {
  db: Database;
  bus: Bus;
  clock: Clock;
  newId: NewId;
}): HeldQueue {
  const { db, bus, clock } = house;
  const tell = (channel: Channel, added: HeldMessage[], removed: string[]): void =>
    bus.publish('chat:frame', {
      channel: channel.name,
      to: { role: 'moderator' },
      frame: { type: 'queue', added, removed },
    });

  return {
    async add(channel, draft) {
      const at = clock.now();
      const added = await db
        .insertInto('chat_held')
        .values({
          id: draft.id,
          channel_id: channel.id,
          at,
          author: JSON.stringify(draft.author),
          text: draft.text,
          reply_to: draft.replyTo,
          message_id: draft.messageId,
          rule: draft.rule,
          reason: draft.reason,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .executeTakeFirst();
      if (added === undefined) return;
      const { id, author, text, rule, reason } = draft;
      tell(channel, [{ id, at, author, text, rule, reason }], await trim(db, channel.id));
    },
    async take(channel, id) {
      const row = await db
        .deleteFrom('chat_held')
        .where('channel_id', '=', channel.id)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return null;
      tell(channel, [], [id]);
      return { ...toHeld(row), replyTo: row.reply_to, messageId: row.message_id };
    },
    async list(channelId) {
      const rows = await db
        .selectFrom('chat_held')
        .selectAll()
        .where('channel_id', '=', channelId)
        .orderBy('at')
        .limit(MOST_HELD)
        .execute();
      return rows.map(toHeld);
    },
    async has(channelId, id) {
      const row = await db
        .selectFrom('chat_held')
        .select('id')
        .where('channel_id', '=', channelId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** Ids of those that had to go. */
async function trim(db: Database, channelId: string): Promise<string[]> {
  const surplus = await db
    .selectFrom('chat_held')
    .select('id')
    .where('channel_id', '=', channelId)
    .orderBy('at', 'desc')
    .offset(MOST_HELD)
    .limit(MOST_HELD)
    .execute();
  const ids = surplus.map(({ id }) => id);
  if (ids.length > 0) await db.deleteFrom('chat_held').where('id', 'in', ids).execute();
  return ids;
}

const toHeld = (row: Selectable<ChatHeldTable>): HeldMessage => ({
  id: row.id,
  at: Number(row.at),
  author: JSON.parse(row.author) as Author,
  text: row.text,
  rule: row.rule,
  reason: row.reason,
});
