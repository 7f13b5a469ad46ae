import type { Request } from 'express';
import type { ActionView } from '../../platform/protocol/chat/api.ts';
import { type Action, isUndoable } from '../rules/actions.ts';
import type { House } from '../rules/house.ts';
import type { Route } from './api.ts';
import type { ReadParts } from './read.ts';
import { demandVisit } from './visit.ts';

const PAGE = 50;

export const createActionRoutes = (): Route[] => [
  ['/api/v1/channels/:channel/chat/actions', { get: listActions }],
];

async function listActions(parts: ReadParts, req: Request): Promise<{ actions: ActionView[] }> {
  const { channel } = await demandVisit(parts, req, 'read_actions');
  const { before } = req.query;
  const actions = await parts.house.actions.list(channel.id, {
    before: typeof before === 'string' ? before : null,
    limit: PAGE,
  });
  return { actions: await viewActions(parts.house, actions) };
}

/** With the names of those whom they are about; of somebody who is gone the id. */
export async function viewActions(house: House, actions: Action[]): Promise<ActionView[]> {
  const ids = new Set(actions.flatMap(({ actorId, targetId }) => [actorId, targetId ?? actorId]));
  const users = await Promise.all([...ids].map((id) => house.accounts.userById(id)));
  const names = new Map(users.flatMap((user) => (user ? [[user.id, user.displayName]] : [])));
  const someone = (id: string) => ({ id, name: names.get(id) ?? id });
  return actions.map((one) => {
    const { id, at, actorId, targetId, reason, undoneAt } = one;
    const { action, ...detail } = one.detail;
    return {
      ...{ id, at, actor: someone(actorId), action },
      target: targetId === null ? null : someone(targetId),
      ...{ reason, detail, undoable: isUndoable(one), undoneAt },
    };
  });
}
