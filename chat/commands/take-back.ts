import type { User } from '../../platform/accounts.ts';
import { unreachable } from '../../platform/errors.ts';
import { NO_MODES } from '../../platform/protocol/chat/modes.ts';
import type { Action, ActionDetail } from '../rules/actions.ts';
import { NO_FILTERS } from '../rules/filters.ts';
import type { Call, House } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { announceSettings } from './announce-settings.ts';
import { standingChanged } from './moderating.ts';
import { findToPin } from './pin.ts';

export interface Undo {
  call: Call;
  action: Action;
  target: User | null;
}

type DetailOf<A extends ActionDetail['action']> = Extract<ActionDetail, { action: A }>;

/** @throws Refusal `changed_since` */
export async function takeBack(house: House, undo: Undo): Promise<void> {
  const { call, action, target } = undo;
  const { detail } = action;
  switch (detail.action) {
    case 'timeout':
    case 'ban':
      return target === null ? undefined : liftSanction(house, undo, target);
    case 'unban':
      return target === null ? undefined : sanctionAgain(house, { undo, target, detail });
    case 'role':
      return target === null ? undefined : roleBefore(house, { undo, target, detail });
    case 'mode':
      await house.settings.change(call.channel.id, ({ modes }) => ({
        modes: restored({ now: modes, ...detail }, NO_MODES),
      }));
      return announceSettings(house, call, 'mode');
    case 'filters':
      await house.settings.change(call.channel.id, ({ filters }) => ({
        filters: restored({ now: filters, ...detail }, NO_FILTERS),
      }));
      return;
    case 'pin':
      return pinBefore(house, call, detail);
    case 'term_add':
      return void (await house.settings.removeTerm(call.channel.id, detail.term));
    case 'term_remove': {
      const term = { term: detail.term, by: call.person.id, at: house.clock.now() };
      return void (await house.settings.addTerm(call.channel.id, term));
    }
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

/** What was changed again since stays as it is. */
function restored<T extends object>(
  { now, before, after }: { now: T; before: object; after: object },
  known: T,
): T {
  const was = new Map(Object.entries(before));
  const became = new Map(Object.entries(after));
  const values = Object.entries(now).map(([name, value]) => {
    const isOurs = Object.hasOwn(known, name) && was.has(name) && became.get(name) === value;
    return [name, isOurs ? was.get(name) : value];
  });
  return Object.fromEntries(values) as T;
}

const changedSince = () =>
  new Refusal({
    code: 'changed_since',
    message: 'Somebody changed this again since. Change it by hand.',
    status: 409,
  });

/** A newer sanction stays. */
async function liftSanction(house: House, { call, action }: Undo, target: User): Promise<void> {
  const lifted = await house.sanctions.lift(call.channel.id, target.id, action.id);
  if (lifted === null) throw changedSince();
  await standingChanged(house, call, target.id);
}

async function sanctionAgain(
  house: House,
  { undo, target, detail }: { undo: Undo; target: User; detail: DetailOf<'unban'> },
): Promise<void> {
  const { call, action } = undo;
  const { was } = detail;
  const isOver = was.until !== null && was.until <= house.clock.now();
  if (isOver || (await house.sanctions.of(call.channel.id, target.id)) !== null) {
    throw changedSince();
  }
  await house.sanctions.put(call.channel.id, target.id, { ...was, actionId: action.id });
  await standingChanged(house, call, target.id);
}

async function roleBefore(
  house: House,
  { undo, target, detail }: { undo: Undo; target: User; detail: DetailOf<'role'> },
): Promise<void> {
  const { channel } = undo.call;
  const { role } = await house.accounts.rolesIn(channel.id, target.id);
  if ((role ?? 'none') !== detail.after) throw changedSince();
  const before = detail.before === 'moderator' || detail.before === 'vip' ? detail.before : null;
  await house.accounts.setRole(channel, target.id, before);
  await standingChanged(house, undo.call, target.id);
}

async function pinBefore(house: House, call: Call, detail: DetailOf<'pin'>): Promise<void> {
  const { id, name } = call.channel;
  const before = detail.before === null ? null : await findToPin(house, name, detail.before);
  const { before: then } = await house.settings.change(id, ({ pinned }) =>
    (pinned?.id ?? null) === detail.message ? { pinned: before } : {},
  );
  if ((then.pinned?.id ?? null) !== detail.message) throw changedSince();
  await announceSettings(house, call, 'pinned');
}
