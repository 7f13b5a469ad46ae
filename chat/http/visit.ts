import type { Request } from 'express';
import type * as z from 'zod/mini';
import type { Channel } from '../../platform/channels.ts';
import { AppError } from '../../platform/errors.ts';
import { identityOf, requireIdentity } from '../../platform/http-identity.ts';
import { canonicalName } from '../../platform/protocol/reserved-names.ts';
import { personNow } from '../rules/chat-rules.ts';
import { may, type Permission } from '../rules/permissions.ts';
import type { Person } from '../rules/person.ts';
import { Refusal } from '../rules/refusal.ts';
import type { ReadParts } from './read.ts';

/** @throws AppError `channel_unknown` */
export async function channelOf({ channels }: ReadParts, req: Request): Promise<Channel> {
  const channel = await channels.byName(canonicalName(String(req.params['channel'])));
  if (channel !== null) return channel;
  throw new AppError({
    code: 'channel_unknown',
    message: 'No channel has this name: check the spelling.',
    status: 404,
  });
}

/** Who asks, as the rules know them here; null: a guest. @throws Refusal `banned` */
export async function visitorOf(
  { house }: ReadParts,
  channel: Channel,
  req: Request,
): Promise<Person | null> {
  const identity = identityOf(req);
  if (identity === null) return null;
  const { userId: id, name, expiresAt } = identity;
  return personNow(house, channel, { id, name, roles: ['member'], color: null, expiresAt });
}

export interface Visit {
  channel: Channel;
  person: Person;
  /** So that it can be recorded like what comes over a socket. */
  wish: { id?: undefined };
}

/** Somebody who may. @throws AppError `sign_in_required`; Refusal `not_allowed`, `banned` */
export async function demandVisit(
  parts: ReadParts,
  req: Request,
  permission: Permission,
): Promise<Visit> {
  requireIdentity(req);
  const channel = await channelOf(parts, req);
  const person = await visitorOf(parts, channel, req);
  if (person !== null && may(person.roles, permission)) return { channel, person, wish: {} };
  throw new Refusal({
    code: 'not_allowed',
    message: 'You may not do that in this channel. Ask its broadcaster.',
  });
}

const WRITES = { most: 30, windowMs: 60_000 };

/** Clicks of one person, wherever they come from. @throws Refusal `requests_too_many` */
export async function limitWrites({ house }: ReadParts, userId: string): Promise<void> {
  const taken = await house.limits.take(`rest:${userId}`, WRITES);
  if (taken.granted) return;
  throw new Refusal({
    code: 'requests_too_many',
    message: `You have changed things more than ${WRITES.most} times in a minute. Wait a moment.`,
    retryAfterMs: taken.retryAfterMs,
    status: 429,
  });
}

/** @throws AppError `body_invalid` */
export function readBody<T>(schema: z.ZodMiniType<T>, req: Request): T {
  const parsed = schema.safeParse(req.body);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') || 'body';
  throw new AppError({
    code: 'body_invalid',
    message: `${JSON.stringify(field)} is missing or not of the right kind: see /api/openapi.json.`,
    status: 400,
  });
}
