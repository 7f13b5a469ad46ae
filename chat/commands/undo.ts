import type { User } from '../../platform/accounts.ts';
import { unreachable } from '../../platform/errors.ts';
import { type Action, type ActionDetail, isUndoable } from '../actions.ts';
import type { Filters } from '../filters.ts';
import type { Call, Command, House } from '../house.ts';
import { Refusal } from '../refusal.ts';
import { announceEntry, demand, done, recordAction, standingChanged } from './moderating.ts';

/** Takes back what a moderator did, as far as nothing came after it. */
export const undo: Command<'undo'> = async (house, call) => {
  demand(call, 'undo');
  const { wish, channel, person } = call;
  const action = await house.actions.byId(channel.id, wish.action);
  if (action === null || !isUndoable(action)) {
    throw new Refusal({
      code: 'not_undoable',
      message: 'This action is undone already, or cannot be undone.',
      status: 409,
    });
  }
  if (action.detail.action === 'role') demand(call, 'appoint_moderator');
  if (!(await house.actions.markUndone(action.id, person.id))) return done(wish);
  const target = action.targetId === null ? null : await house.accounts.userById(action.targetId);
  await takeBack(house, call, { action, target });
  await recordAction(house, call, {
    target,
    reason: undefined,
    detail: { action: 'undo', of: action.id },
  });
  return done(wish);
};

type Undone = { action: Action; target: User | null };

async function takeBack(house: House, call: Call, { action, target }: Undone): Promise<void> {
  const { detail } = action;
  const { channel } = call;
  switch (detail.action) {
    case 'timeout':
    case 'ban':
    case 'unban':
    case 'role':
      if (target !== null) await takeBackStanding(house, call, { action, target, detail });
      return;
    case 'mode': {
      const { modes } = await house.settings.of(channel.id);
      const next = { ...modes, ...detail.before };
      await house.settings.save(channel.id, { modes: next });
      return announceEntry(house, call, { kind: 'mode', frame: { type: 'mode', modes: next } });
    }
    case 'pin':
      await house.settings.save(channel.id, { pinned: null });
      return announceEntry(house, call, {
        kind: 'pinned',
        frame: { type: 'pinned', message: null },
      });
    case 'term_add':
      return void (await house.settings.removeTerm(channel.id, detail.term));
    case 'term_remove': {
      const term = { term: detail.term, by: call.person.id, at: house.clock.now() };
      return void (await house.settings.addTerm(channel.id, term));
    }
    case 'filters':
      return house.settings.save(channel.id, { filters: detail.before as Filters });
    case 'delete':
    case 'clear':
    case 'announce':
    case 'approve':
    case 'deny':
    case 'emote_add':
    case 'emote_remove':
    case 'undo':
      return;
    default:
      return unreachable(detail);
  }
}

async function takeBackStanding(
  house: House,
  call: Call,
  {
    action,
    target,
    detail,
  }: {
    action: Action;
    target: User;
    detail: Extract<ActionDetail, { action: 'timeout' | 'ban' | 'unban' | 'role' }>;
  },
): Promise<void> {
  const { channel } = call;
  if (detail.action === 'role') {
    const before = detail.before === 'moderator' || detail.before === 'vip' ? detail.before : null;
    await house.accounts.setRole(channel, target.id, before);
  } else if (detail.action === 'unban') {
    if (detail.was !== null) {
      const { kind, until } = detail.was;
      const sanction = { kind, until, reason: action.reason, actionId: action.id };
      await house.sanctions.put(channel.id, target.id, sanction);
    }
  } else {
    const held = await house.sanctions.of(channel.id, target.id);
    // A newer sanction stays.
    if (held?.actionId === action.id) await house.sanctions.lift(channel.id, target.id);
  }
  await standingChanged(house, call, target.id);
}
