import type { Selectable } from 'kysely';
import type { Bus } from '../../platform/bus.ts';
import type { Channel } from '../../platform/channels.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ChatHeldTable } from '../../platform/db/chat-schema.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Author } from '../../platform/protocol/chat/roles.ts';
import type { HeldMessage } from '../../platform/protocol/chat/server-messages.ts';

export interface HeldDraft {
  /** The same client's message is held once. */
  id: string;
  author: Author;
  text: string;
  replyTo: string | null;
  /** The message reported; null: it was never shown. */
  messageId: string | null;
  /** The author's own id of it; null: a report. */
  clientId: string | null;
  rule: string;
  reason: string;
}

export type Held = HeldMessage & Pick<HeldDraft, 'replyTo' | 'messageId' | 'clientId'>;

/** Messages that wait for a moderator of their channel. */
export interface HeldQueue {
  /** `denied`: it came before, and a moderator did not want it. */
  add(channel: Channel, draft: HeldDraft): Promise<'waiting' | 'denied'>;
  find(channel: Channel, id: string): Promise<Held | null>;
  /** Takes it out, for one moderator only; null: another one was quicker. */
  take(channel: Channel, id: string, verdict: 'approved' | 'denied'): Promise<Held | null>;
  /** What was taken and came to nothing waits again. */
  putBack(channel: Channel, held: Held): Promise<void>;
  /** Oldest first. */
  list(channelId: string): Promise<HeldMessage[]>;
}

/** Beyond it the oldest go unseen: nobody reviews so many. */
const MOST_HELD = 500;
/** As long as the broker knows what a client sent. */
const DENIED_KEPT_MS = 86_400_000;

export function createHeldQueue(house: { db: Database; bus: Bus; clock: Clock }): HeldQueue {
  const { db, bus, clock } = house;
  const tell = (channel: Channel, added: HeldMessage[], removed: string[]): void =>
    bus.publish('chat:frame', {
      channel: channel.name,
      to: { role: 'moderator' },
      frame: { type: 'queue', added, removed },
    });
  const insert = async (channel: Channel, row: Selectable<ChatHeldTable>): Promise<boolean> => {
    const added = await db
      .insertInto('chat_held')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (added === undefined) return false;
    tell(channel, [toMessage(row)], await trim(db, channel.id, clock.now()));
    return true;
  };
  const waiting = (channel: Channel, id: string) =>
    db
      .selectFrom('chat_held')
      .selectAll()
      .where('channel_id', '=', channel.id)
      .where('id', '=', id)
      .where('denied_at', 'is', null);

  return {
    async add(channel, draft) {
      if (await insert(channel, toRow(channel, draft, clock.now()))) return 'waiting';
      const row = await waiting(channel, draft.id).executeTakeFirst();
      return row === undefined ? 'denied' : 'waiting';
    },
    async find(channel, id) {
      const row = await waiting(channel, id).executeTakeFirst();
      return row === undefined ? null : toHeld(row);
    },
    async take(channel, id, verdict) {
      const row = await (verdict === 'approved'
        ? remove(db, channel, id)
        : deny(db, channel, { id, at: clock.now() }));
      if (row === undefined) return null;
      tell(channel, [], [id]);
      return toHeld(row);
    },
    async putBack(channel, held) {
      await db.deleteFrom('chat_held').where('id', '=', held.id).execute();
      await insert(channel, toRow(channel, held, held.at));
    },
    async list(channelId) {
      const rows = await db
        .selectFrom('chat_held')
        .selectAll()
        .where('channel_id', '=', channelId)
        .where('denied_at', 'is', null)
        .orderBy('at')
        .limit(MOST_HELD)
        .execute();
      return rows.map(toMessage);
    },
  };
}

const remove = (db: Database, channel: Channel, id: string) =>
  db
    .deleteFrom('chat_held')
    .where('id', '=', id)
    .where('channel_id', '=', channel.id)
    .where('denied_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
const deny = (db: Database, channel: Channel, { id, at }: { id: string; at: number }) =>
  db
    .updateTable('chat_held')
    .set({ denied_at: at })
    .where('id', '=', id)
    .where('channel_id', '=', channel.id)
    .where('denied_at', 'is', null)
    .returningAll()
    .executeTakeFirst();

/** Ids of those that had to go. */
async function trim(db: Database, channelId: string, now: number): Promise<string[]> {
  await db
    .deleteFrom('chat_held')
    .where('channel_id', '=', channelId)
    .where('denied_at', '<', now - DENIED_KEPT_MS)
    .execute();
  const surplus = await db
    .selectFrom('chat_held')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('denied_at', 'is', null)
    .orderBy('at', 'desc')
    .offset(MOST_HELD)
    .limit(MOST_HELD)
    .execute();
  const ids = surplus.map(({ id }) => id);
  if (ids.length > 0) await db.deleteFrom('chat_held').where('id', 'in', ids).execute();
  return ids;
}

const toRow = (channel: Channel, draft: HeldDraft, at: number): Selectable<ChatHeldTable> => ({
  id: draft.id,
  channel_id: channel.id,
  at,
  author: JSON.stringify(draft.author),
  text: draft.text,
  reply_to: draft.replyTo,
  message_id: draft.messageId,
  rule: draft.rule,
  reason: draft.reason,
  client_id: draft.clientId,
  denied_at: null,
});

const toMessage = (row: Selectable<ChatHeldTable>): HeldMessage => ({
  id: row.id,
  at: Number(row.at),
  author: JSON.parse(row.author) as Author,
  text: row.text,
  rule: row.rule,
  reason: row.reason,
});

const toHeld = (row: Selectable<ChatHeldTable>): Held => ({
  ...toMessage(row),
  replyTo: row.reply_to,
  messageId: row.message_id,
  clientId: row.client_id,
});
