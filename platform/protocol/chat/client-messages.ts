import * as z from 'zod/mini';
import { modesSchema } from './modes.ts';

/** What a client sends: JSON text frames. Unknown fields are ignored. Documented in chat/README.md. */
const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));

/** In UTF-16 units; what counts is 500 grapheme clusters, and one of those may be long. */
const messageText = text(8_000);
/** The client's own, for `ack`, `done`, `held` and `refused`. */
const requestId = text(64);
const serverId = text(64);
/** A user's id or name. */
const user = text(64);
const reason = z.optional(text(300));

export const positionSchema = z.object({ offset: z.int().check(z.minimum(0)), epoch: text(64) });
export type Position = z.infer<typeof positionSchema>;

/** Each may carry an `id`; then it is answered by `done` or `refused` with the same one. */
const request = { id: z.optional(requestId) };

export const clientSchemas = {
  hello: z.object({
    type: z.literal('hello'),
    token: z.optional(text(4_096)),
    after: z.optional(positionSchema),
  }),
  /** A text that begins with `/` is a command (slash-commands.ts), answered by `done`. */
  send: z.object({
    type: z.literal('send'),
    id: requestId,
    text: messageText,
    replyTo: z.optional(serverId),
  }),
  typing: z.object({ type: z.literal('typing') }),
  delete: z.object({ ...request, type: z.literal('delete'), message: serverId, reason }),
  timeout: z.object({
    ...request,
    type: z.literal('timeout'),
    user,
    seconds: z.int().check(z.minimum(1), z.maximum(1_209_600)),
    reason,
  }),
  ban: z.object({ ...request, type: z.literal('ban'), user, reason }),
  unban: z.object({ ...request, type: z.literal('unban'), user, reason }),
  /** `none` takes it away. */
  role: z.object({
    ...request,
    type: z.literal('role'),
    user,
    role: z.enum(['moderator', 'vip', 'none']),
  }),
  mode: z.extend(z.partial(modesSchema), { ...request, type: z.literal('mode') }),
  /** Null takes the pinned message away. */
  pin: z.object({ ...request, type: z.literal('pin'), message: z.nullable(serverId) }),
  clear: z.object({ ...request, type: z.literal('clear') }),
  announce: z.object({ ...request, type: z.literal('announce'), text: messageText }),
  /** A held message: `approve` shows it, the other throws it away. */
  review: z.object({ ...request, type: z.literal('review'), held: serverId, approve: z.boolean() }),
  report: z.object({ ...request, type: z.literal('report'), message: serverId, reason }),
  /** An action of the log of moderators. */
  undo: z.object({ ...request, type: z.literal('undo'), action: serverId }),
  whisper: z.object({ type: z.literal('whisper'), id: requestId, user, text: messageText }),
  block: z.object({ ...request, type: z.literal('block'), user, blocked: z.boolean() }),
} as const;

export type ClientMessageType = keyof typeof clientSchemas;
export type ClientMessageOf<T extends ClientMessageType> = z.infer<(typeof clientSchemas)[T]>;
export type ClientMessage = { [T in ClientMessageType]: ClientMessageOf<T> }[ClientMessageType];
