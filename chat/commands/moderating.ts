import type { User } from '../../platform/accounts.ts';
import type { Channel } from '../../platform/channels.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Role } from '../../platform/protocol/chat/roles.ts';
import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';
import type { EntryKind } from '../log/broker.ts';
import { type Action, type ActionDetail, isUndoable } from '../rules/actions.ts';
import type { Call, House } from '../rules/house.ts';
import { cleanReason } from '../rules/message-text.ts';
import { may, outranks, type Permission } from '../rules/permissions.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Answer } from '../rules/rules.ts';
import { stableId } from '../rules/stable-id.ts';

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
  const { accounts } = house;
  const user = (await accounts.userById(ref)) ?? (await accounts.userByName(ref.toLowerCase()));
  if (user === null) {
    throw new Refusal({
      code: 'user_unknown',
      message: 'Nobody here has this name. Check the spelling.',
      status: 404,
    });
  }
  return targetOf(house, channel, user);
}

export async function targetOf(house: House, channel: Channel, user: User): Promise<Target> {
  const standing = await house.standings.of(channel, user.id);
  return { user, roles: standing?.roles ?? ['member'] };
}

/** Somebody of lower rank. @throws Refusal `user_unknown`, `not_allowed` */
export async function findSubordinate(house: House, call: Call, ref: string): Promise<Target> {
  const target = await findTarget(house, call.channel, ref);
  demandRank(call, target);
  return target;
}

/** Nobody acts on somebody of their own rank or a higher one. @throws Refusal `rank_too_high`, `not_yourself` */
export function demandRank({ person }: Pick<Call, 'person'>, { user, roles }: Target): void {
  if (user.id === person.id) {
    throw new Refusal({ code: 'not_yourself', message: 'That is you.', status: 400 });
  }
  if (outranks(person.roles, roles)) return;
  throw new Refusal({
    code: 'rank_too_high',
    message: `${user.displayName} has your rank here or a higher one. The broadcaster can take a moderator's role away first.`,
  });
}

/**
 * Puts an entry into the channel's log that is no message; `frame` as clients get it. Of a wish
 * that comes again it is put there once.
 */
export async function announceEntry(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  entry: { kind: EntryKind; frame: Record<string, unknown>; wishId?: string | undefined },
): Promise<void> {
  await house.broker.publish(call.channel.name, {
    kind: entry.kind,
    id: house.newId(),
    author: call.person.id,
    clientId: entry.wishId === undefined ? null : `${entry.kind} ${entry.wishId}`,
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

type Acting = Pick<Call, 'channel' | 'person'> & { wish: { id?: string | undefined } };

/** The same for the same wish, however often it comes. */
export const actionIdOf = (house: House, { channel, person, wish }: Acting): string =>
  wish.id === undefined ? house.newId() : stableId('action', channel.id, person.id, wish.id);

/** It came before, and was done. */
export const isRepeated = async (house: House, call: Acting): Promise<boolean> =>
  call.wish.id !== undefined &&
  (await house.actions.byId(call.channel.id, actionIdOf(house, call))) !== null;

export interface Deed {
  target: User | null;
  reason: string | undefined;
  detail: ActionDetail;
  act?: (db: Database, action: Action) => Promise<void>;
}

/** Into the log of moderators, and to those of them who are here. */
export async function recordAction(
  house: House,
  call: Acting,
  { target, reason, detail, act }: Deed,
): Promise<Action> {
  const draft = {
    id: actionIdOf(house, call),
    channelId: call.channel.id,
    actorId: call.person.id,
    targetId: target?.id ?? null,
    reason: cleanReason(reason),
    detail,
  };
  const action = await house.actions.record(draft, act);
  if (action.repeated) return action;
  tellModerators(house, call.channel, {
    type: 'action',
    id: action.id,
    at: action.at,
    actor: call.person.name,
    action: action.detail.action,
    target: target?.displayName ?? null,
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
