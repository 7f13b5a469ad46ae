import type { Request, Response } from 'express';
import type { ServerMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { ChatParts } from '../chat-parts.ts';
import type { Wish } from '../rules/rules.ts';
import { readClientMessage } from '../sockets/client-frames.ts';
import { refusedBy } from '../sockets/refused.ts';
import type { Rooms } from '../sockets/rooms.ts';
import { faults } from '../sockets/socket-metrics.ts';
import { findAsker } from './asker.ts';

/** Answers a POST as the socket would: `ack`, `done`, `held` or `refused`. */
export async function answerPost(
  parts: ChatParts & { rooms: Rooms },
  req: Request,
  res: Response,
): Promise<void> {
  const read = readWish(req.body);
  if ('refusal' in read) return tell(res, 400, read.refusal);
  const { wish } = read;
  const id = 'id' in wish ? wish.id : undefined;
  try {
    const { room, standing } = await findAsker(parts, req);
    const call = { channel: room.channel, person: standing.person, address: req.ip ?? '', wish };
    const answer = await parts.rules.execute(call);
    if (answer === null) res.status(204).end();
    else tell(res, answer.type === 'held' ? 202 : 200, answer);
  } catch (error) {
    const { answer, status, isFault } = refusedBy(error, id);
    if (isFault) {
      faults.inc();
      parts.log.error({ err: error, wish: wish.type }, 'a chat wish failed');
    }
    if (answer.retryAfterMs !== undefined)
      res.set('Retry-After', String(Math.ceil(answer.retryAfterMs / 1_000)));
    tell(res, status, answer);
  }
}

type ReadWish = { wish: Wish } | { refusal: Extract<ServerMessage, { type: 'refused' }> };

/** What says no type is something to say. */
function readWish(body: unknown): ReadWish {
  const isObject = typeof body === 'object' && body !== null;
  const frame = readClientMessage(isObject && !('type' in body) ? { ...body, type: 'send' } : body);
  if ('message' in frame) {
    const { message } = frame;
    if (message.type !== 'hello' && message.type !== 'typing') return { wish: message };
  } else if (frame.fault === 'refused') return { refusal: frame.refusal };
  const reason =
    'A JSON object with "id" and "text", or another message of the chat, is sent here.';
  return { refusal: { type: 'refused', code: 'message_invalid', reason } };
}

function tell(res: Response, status: number, answer: ServerMessage): void {
  res.status(status).json(answer);
}
