import type { User } from '../../platform/accounts.ts';
import { type Action, isUndoable } from '../rules/actions.ts';
import type { Command, House } from '../rules/house.ts';
import type { Permission } from '../rules/permissions.ts';
import { Refusal } from '../rules/refusal.ts';
import { demand, demandRank, done, recordAction, targetOf } from './moderating.ts';
import { takeBack, type Undo } from './take-back.ts';

/** Takes back what a moderator did, as far as nothing came after it. */
export const undo: Command<'undo'> = async (house, call) => {
  demand(call, 'undo');
  const { wish, channel, person } = call;
  const action = await house.actions.byId(channel.id, wish.action);
  if (action === null || !isUndoable(action)) throw notUndoable();
  demand(call, permissionFor(action));
  const target = action.targetId === null ? null : await house.accounts.userById(action.targetId);
  await demandRankFor(house, { call, action, target });
  if (!(await house.actions.markUndone(action.id, person.id))) throw notUndoable();
  try {
    await takeBack(house, { call, action, target });
  } catch (error) {
    await house.actions.unmarkUndone(action.id);
    throw error;
  }
  await recordAction(house, call, {
    target,
    reason: undefined,
    detail: { action: 'undo', of: action.id },
  });
  return done(wish);
};

const notUndoable = () =>
  new Refusal({
    code: 'not_undoable',
    message: 'This action is undone already, or cannot be undone.',
    status: 409,
  });

/** Who may do the contrary. */
function permissionFor({ detail }: Action): Permission {
  switch (detail.action) {
    case 'role':
      return [detail.before, detail.after].includes('moderator')
        ? 'appoint_moderator'
        : 'appoint_vip';
    case 'term_add':
    case 'term_remove':
    case 'filters':
      return 'set_rules';
    default:
      return 'undo';
  }
}

/** To take an unban back is to ban. */
async function demandRankFor(house: House, { call, action, target }: Undo): Promise<void> {
  if (target === null || (action.detail.action !== 'unban' && action.detail.action !== 'role'))
    return;
  demandRank(call, await targetOf(house, call.channel, target satisfies User));
}
