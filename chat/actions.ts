import type { Selectable } from 'kysely';
import type { Clock, NewId } from '../platform/clock.ts';
import type { ChatActionTable } from '../platform/db/chat-schema.ts';
import type { Database } from '../platform/db/database.ts';

/** What a moderator did; `detail` is what it takes to undo it. */
export type ActionDetail =
  | { action: 'delete'; message: string; text: string }
  | { action: 'clear' }
  | { action: 'timeout'; seconds: number }
  | { action: 'ban' }
  | { action: 'unban'; was: { kind: 'timeout' | 'ban'; until: number | null } | null }
  | { action: 'role'; before: string; after: string }
  | { action: 'mode'; before: Record<string, unknown>; after: Record<string, unknown> }
  | { action: 'pin'; before: string | null; message: string | null }
  | { action: 'announce'; text: string }
  | { action: 'approve' | 'deny'; text: string; rule: string }
  | { action: 'term_add' | 'term_remove'; term: string }
  | { action: 'filters'; before: unknown; after: unknown }
  | { action: 'emote_add' | 'emote_remove'; name: string }
  | { action: 'undo'; of: string };

export interface Action {
  id: string;
  at: number;
  actorId: string;
  targetId: string | null;
  reason: string | null;
  detail: ActionDetail;
  undoneAt: number | null;
}

export interface ActionDraft {
  channelId: string;
  actorId: string;
  targetId: string | null;
  reason: string | null;
  detail: ActionDetail;
}

/** The log of moderators: every action with actor, target and reason, for good. */
export interface Actions {
  record(draft: ActionDraft): Promise<Action>;
  byId(channelId: string, id: string): Promise<Action | null>;
  /** Newest first, those before `before` (wall ms). */
  list(channelId: string, ask: { before: number | null; limit: number }): Promise<Action[]>;
  about(channelId: string, targetId: string, limit: number): Promise<Action[]>;
  /** False: it was undone before. */
  markUndone(id: string, actorId: string): Promise<boolean>;
}

const UNDOABLE: ReadonlySet<ActionDetail['action']> = new Set([
  ...(['timeout', 'ban', 'unban', 'role', 'mode', 'pin'] as const),
  ...(['term_add', 'term_remove', 'filters'] as const),
]);

export const isUndoable = ({ detail, undoneAt }: Action): boolean =>
  undoneAt === null && UNDOABLE.has(detail.action);

export function createActions(house: { db: Database; clock: Clock; newId: NewId }): Actions {
  const { db, clock, newId } = house;
  return {
    async record({ channelId, actorId, targetId, reason, detail }) {
      const id = newId();
      const at = clock.now();
      await db
        .insertInto('chat_actions')
        .values({
          id,
          channel_id: channelId,
          at,
          actor_id: actorId,
          action: detail.action,
          target_id: targetId,
          reason,
          detail: JSON.stringify(detail),
          undone_at: null,
          undone_by: null,
        })
        .execute();
      return { id, at, actorId, targetId, reason, detail, undoneAt: null };
    },
    async byId(channelId, id) {
      const row = await db
        .selectFrom('chat_actions')
        .selectAll()
        .where('channel_id', '=', channelId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : toAction(row);
    },
    async list(channelId, { before, limit }) {
      const rows = await db
        .selectFrom('chat_actions')
        .selectAll()
        .where('channel_id', '=', channelId)
        .where('at', '<', before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toAction);
    },
    async about(channelId, targetId, limit) {
      const rows = await db
        .selectFrom('chat_actions')
        .selectAll()
        .where('channel_id', '=', channelId)
        .where('target_id', '=', targetId)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toAction);
    },
    async markUndone(id, actorId) {
      const marked = await db
        .updateTable('chat_actions')
        .set({ undone_at: clock.now(), undone_by: actorId })
        .where('id', '=', id)
        .where('undone_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return marked !== undefined;
    },
  };
}

const toAction = (row: Selectable<ChatActionTable>): Action => ({
  id: row.id,
  at: Number(row.at),
  actorId: row.actor_id,
  targetId: row.target_id,
  reason: row.reason,
  detail: JSON.parse(row.detail) as ActionDetail,
  undoneAt: row.undone_at === null ? null : Number(row.undone_at),
});
