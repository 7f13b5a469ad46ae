import type { Request } from 'express';
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { identityOf } from '../../platform/http-identity.ts';
import type { ChatParts } from '../chat-parts.ts';
import type { Position } from '../log/broker.ts';
import type { Standing } from '../rules/rules.ts';
import { isStaff } from '../sockets/entering.ts';
import type { Room } from '../sockets/room.ts';
import type { Rooms } from '../sockets/rooms.ts';

/** Who asks over HTTP, and of which room. */
export interface Asker {
  room: Room;
  standing: Standing;
  isStaff: boolean;
  isGuest: boolean;
}

/** @throws AppError `channel_unknown`; Refusal `banned` */
export async function findAsker(
  parts: Pick<ChatParts, 'rules' | 'newId'> & { rooms: Rooms },
  req: Request,
): Promise<Asker> {
  const room = await parts.rooms.enter(String(req.params['channel']));
  if (room === null) {
    throw new AppError({
      code: 'channel_unknown',
      message: 'No channel has this name: check the spelling.',
      status: 404,
    });
  }
  const identity = identityOf(req);
  const standing = await parts.rules.admit(room.channel, identity, parts.newId());
  return { room, standing, isStaff: isStaff(standing.person), isGuest: identity === null };
}

export const LONGEST_WAIT_SECONDS = 25;
const whole = z.coerce.number().check(z.int(), z.minimum(0));
const querySchema = z.object({
  after: z.optional(whole),
  before: z.optional(whole),
  epoch: z.optional(z.string().check(z.maxLength(64))),
  wait: z.optional(z.coerce.number().check(z.minimum(0), z.maximum(LONGEST_WAIT_SECONDS))),
});

export interface MessagesQuery {
  after: Position | null;
  before: Position | null;
  waitMs: number;
}

/**
 * An offset without `epoch` is taken for one of now.
 *
 * @throws AppError `query_invalid`
 */
export function readQuery(req: Request, room: Room): MessagesQuery {
  const parsed = querySchema.safeParse(req.query);
  if (!parsed.success) {
    throw new AppError({
      code: 'query_invalid',
      message: `after and before are offsets, wait is 0 to ${LONGEST_WAIT_SECONDS} seconds: correct the query.`,
      status: 400,
    });
  }
  const { after, before, epoch = room.window.epoch, wait = 0 } = parsed.data;
  const at = (offset: number | undefined) => (offset === undefined ? null : { offset, epoch });
  return { after: at(after), before: at(before), waitMs: wait * 1_000 };
}
