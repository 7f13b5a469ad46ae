import type { User } from '../../platform/accounts.ts';
import type { Channel } from '../../platform/channels.ts';
import type { Role } from '../../platform/protocol/chat/roles.ts';
import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';
import { type Action, type ActionDetail, isUndoable } from '../actions.ts';
import type { EntryKind } from '../broker.ts';
import type { Call, House } from '../house.ts';
import { may, outranks, type Permission } from '../permissions.ts';
import { Refusal } from '../refusal.ts';
import type { Answer } from '../rules.ts';

/** @throws Refusal `not_allowed`, `sign_in_needed` */
export function demand(call: Pick<Call, 'person'>, permission: Permission): void {
  if (may(call.person.roles, permission)) return;
  if (call.person.roles.includes('guest')) {
    throw new Refusal({
      code: 'sign_in_needed',
      message: 'Guests only read. Sign in to write.',
      status: 401,
    });
  }
  throw new Refusal({
    code: 'not_allowed',
    message: 'That is for those who moderate this channel. Ask one of them.',
  });
}

export interface Target {
  user: User;
  roles: Role[];
}

/** By id, or by name. @throws Refusal `user_unknown` */
export async function findTarget(house: House, channel: Channel, ref: string): Promise<Target> {
  const { accounts, standings } = house;
  const user = (await accounts.userById(ref)) ?? (await accounts.userByName(ref.toLowerCase()));
  if (user === null) {
    throw new Refusal({
      code: 'user_unknown',
      message: 'Nobody here has this name. Check the spelling.',
      status: 404,
    });
  }
  const standing = await standings.of(channel, user.id);
  return { user, roles: standing?.roles ?? ['member'] };
}

/** Somebody of lower rank. @throws Refusal `user_unknown`, `not_allowed` */
export async function findSubordinate(house: House, call: Call, ref: string): Promise<Target> {
  const target = await findTarget(house, call.channel, ref);
  if (outranks(call.person.roles, target.roles)) return target;
  throw new Refusal({
    code: 'rank_too_high',
    message: `${target.user.displayName} has your rank here or a higher one. The broadcaster can take a moderator's role away first.`,
  });
}

/** Puts an entry into the channel's log that is no message; `frame` as clients get it. */
export async function announceEntry(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  entry: { kind: EntryKind; frame: Record<string, unknown> },
): Promise<void> {
  await house.broker.publish(call.channel.name, {
    kind: entry.kind,
    id: house.newId(),
    author: call.person.id,
    clientId: null,
    at: house.clock.now(),
    body: JSON.stringify(entry.frame),
  });
}

/** Every node asks anew who this person is here. */
export async function standingChanged(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  userId: string,
): Promise<void> {
  house.bus.publish('chat:standing-changed', { channel: call.channel.name, userId });
  await announceEntry(house, call, { kind: 'sanction', frame: { user: userId } });
}

/** Into the log of moderators, and to those of them who are here. */
export async function recordAction(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  done: { target: User | null; reason: string | undefined; detail: ActionDetail },
): Promise<Action> {
  const action = await house.actions.record({
    channelId: call.channel.id,
    actorId: call.person.id,
    targetId: done.target?.id ?? null,
    reason: done.reason ?? null,
    detail: done.detail,
  });
  tellModerators(house, call.channel, {
    type: 'action',
    id: action.id,
    at: action.at,
    actor: call.person.name,
    action: action.detail.action,
    target: done.target?.displayName ?? null,
    reason: action.reason,
    undoable: isUndoable(action),
  });
  return action;
}

function tellModerators(house: House, channel: Channel, frame: ServerMessageOf<'action'>): void {
  house.bus.publish('chat:frame', { channel: channel.name, to: { role: 'moderator' }, frame });
}

export const done = (wish: { id?: string | undefined }): Answer | null =>
  wish.id === undefined ? null : { type: 'done', id: wish.id };
