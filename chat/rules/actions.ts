import type { Selectable } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { ChatActionTable } from '../../platform/db/chat-schema.ts';
import type { Database } from '../../platform/db/database.ts';
import type { ModeChange } from '../../platform/protocol/chat/modes.ts';
import type { Filters } from './filters.ts';
import type { Sanction } from './sanctions.ts';

/** What a moderator did; `detail` is what it takes to undo it. */
export type ActionDetail =
  | { action: 'delete'; message: string; text: string }
  | { action: 'clear' }
  | { action: 'timeout'; seconds: number }
  | { action: 'ban' }
  | { action: 'unban'; was: Pick<Sanction, 'kind' | 'until' | 'reason'> }
  | { action: 'role'; before: string; after: string }
  | { action: 'mode'; before: ModeChange; after: ModeChange }
  | { action: 'pin'; before: string | null; message: string | null }
  | { action: 'announce'; text: string }
  | { action: 'approve' | 'deny'; text: string; rule: string }
  | { action: 'term_add' | 'term_remove'; term: string }
  | { action: 'filters'; before: Partial<Filters>; after: Partial<Filters> }
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
  id: string;
  channelId: string;
  actorId: string;
  targetId: string | null;
  reason: string | null;
  detail: ActionDetail;
}

/** The log of moderators: every action with actor, target and reason, for good. */
export interface Actions {
  /**
   * With an id that is there already: what is there, and nothing is done.
   *
   * @param act what is done to the database, kept together with the action or not at all
   */
  record(
    draft: ActionDraft,
    act?: (db: Database, action: Action) => Promise<void>,
  ): Promise<Action & { repeated: boolean }>;
  byId(channelId: string, id: string): Promise<Action | null>;
  /** Newest first, those before the one of this id. */
  list(channelId: string, ask: { before: string | null; limit: number }): Promise<Action[]>;
  about(channelId: string, targetId: string, limit: number): Promise<Action[]>;
  /** False: it was undone before. */
  markUndone(id: string, actorId: string): Promise<boolean>;
  /** Undoing it came to nothing. */
  unmarkUndone(id: string): Promise<void>;
}

const UNDOABLE: ReadonlySet<ActionDetail['action']> = new Set([
  ...(['timeout', 'ban', 'unban', 'role', 'mode', 'pin'] as const),
  ...(['term_add', 'term_remove', 'filters'] as const),
]);

export const isUndoable = ({ detail, undoneAt }: Action): boolean =>
  undoneAt === null && UNDOABLE.has(detail.action);

export function createActions(house: { db: Database; clock: Clock }): Actions {
  const { db, clock } = house;
  const inChannel = (channelId: string) =>
    db.selectFrom('chat_actions').selectAll().where('channel_id', '=', channelId);
  const newestFirst = (channelId: string, limit: number) =>
    inChannel(channelId).orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
  const byId: Actions['byId'] = async (channelId, id) => {
    const row = await inChannel(channelId).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toAction(row);
  };
  return {
    byId,
    async record(draft, act) {
      const row = toRow(draft, clock.now());
      const isAdded = await db.transaction().execute(async (transaction) => {
        const added = await transaction
          .insertInto('chat_actions')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst();
        if (added !== undefined) await act?.(transaction, toAction(row));
        return added !== undefined;
      });
      if (isAdded) return { ...toAction(row), repeated: false };
      const there = await byId(draft.channelId, draft.id);
      if (there === null) throw new TypeError('the id of an action is used in two channels');
      return { ...there, repeated: true };
    },
    async list(channelId, { before, limit }) {
      const from = before === null ? null : await byId(channelId, before);
      let query = newestFirst(channelId, limit);
      if (from !== null)
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('at', 'id'), '<', tuple(from.at, from.id)),
        );
      return (await query.execute()).map(toAction);
    },
    async about(channelId, targetId, limit) {
      const query = newestFirst(channelId, limit).where('target_id', '=', targetId);
      return (await query.execute()).map(toAction);
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
    async unmarkUndone(id) {
      await db
        .updateTable('chat_actions')
        .set({ undone_at: null, undone_by: null })
        .where('id', '=', id)
        .execute();
    },
  };
}

const toRow = (draft: ActionDraft, at: number): Selectable<ChatActionTable> => ({
  id: draft.id,
  channel_id: draft.channelId,
  at,
  actor_id: draft.actorId,
  action: draft.detail.action,
  target_id: draft.targetId,
  reason: draft.reason,
  detail: JSON.stringify(draft.detail),
  undone_at: null,
  undone_by: null,
});

const toAction = (row: Selectable<ChatActionTable>): Action => ({
  id: row.id,
  at: Number(row.at),
  actorId: row.actor_id,
  targetId: row.target_id,
  reason: row.reason,
  detail: JSON.parse(row.detail) as ActionDetail,
  undoneAt: row.undone_at === null ? null : Number(row.undone_at),
});
