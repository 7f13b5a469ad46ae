import * as z from 'zod/mini';
import { modesSchema } from './modes.ts';
import { authorSchema, roleSchema } from './roles.ts';

/** What the server sends: JSON text frames. Times are wall milliseconds. Documented in chat/README.md. */
const wallMs = z.int();
/** Position in the channel's log; grows by one an entry, whatever the entry is. */
const offset = z.int();

export const chatMessageSchema = z.object({
  id: z.string(),
  offset,
  at: wallMs,
  author: authorSchema,
  text: z.string(),
  /** The message answered, as it was: it may have left the history. */
  replyTo: z.optional(z.object({ id: z.string(), name: z.string(), text: z.string() })),
  /** How it is shown; without it: as something said. */
  kind: z.optional(z.enum(['me', 'announce'])),
  /** Canonical names that the text calls with `@`. */
  mentions: z.optional(z.array(z.string())),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

export const personHereSchema = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(roleSchema),
});
export type PersonHere = z.infer<typeof personHereSchema>;

export const heldMessageSchema = z.object({
  id: z.string(),
  at: wallMs,
  author: authorSchema,
  text: z.string(),
  /** Which rule held it, or `report`. */
  rule: z.string(),
  reason: z.string(),
});
export type HeldMessage = z.infer<typeof heldMessageSchema>;

export const serverSchemas = {
  welcome: z.object({
    type: z.literal('welcome'),
    you: z.object({
      id: z.string(),
      name: z.string(),
      roles: z.array(roleSchema),
      color: z.optional(z.string()),
      /** Wall ms until which this person may not write; null: for ever. */
      silencedUntil: z.optional(z.nullable(wallMs)),
      /** Ids of the people this person does not want to read. */
      blocked: z.array(z.string()),
    }),
    channel: z.string(),
    modes: modesSchema,
    pinned: z.nullable(chatMessageSchema),
    /** True: `history` is exactly what came after the position in `hello`. */
    resumed: z.boolean(),
    history: z.array(chatMessageSchema),
    /** Ids of messages of before the gap that are gone since. */
    removed: z.optional(z.array(z.string())),
    presence: z.object({ count: z.int(), people: z.array(personHereSchema) }),
    /** For those who moderate: what waits for them. */
    held: z.optional(z.array(heldMessageSchema)),
    offset,
    epoch: z.string(),
  }),
  messages: z.object({ type: z.literal('messages'), items: z.array(chatMessageSchema) }),
  /** The message with the client's `id` is kept, as `message`. */
  ack: z.object({ type: z.literal('ack'), id: z.string(), message: z.string(), offset }),
  /** What was asked with this `id` is done. */
  done: z.object({ type: z.literal('done'), id: z.string() }),
  /** The message with this `id` waits for a moderator. */
  held: z.object({ type: z.literal('held'), id: z.string(), reason: z.string() }),
  refused: z.object({
    type: z.literal('refused'),
    id: z.optional(z.string()),
    code: z.string(),
    reason: z.string(),
    retryAfterMs: z.optional(z.int()),
  }),
  deleted: z.object({ type: z.literal('deleted'), offset, messages: z.array(z.string()) }),
  /** With `user`: that person's messages; without: all of them. */
  cleared: z.object({ type: z.literal('cleared'), offset, user: z.optional(z.string()) }),
  mode: z.object({ type: z.literal('mode'), offset, modes: modesSchema }),
  pinned: z.object({
    type: z.literal('pinned'),
    offset,
    message: z.nullable(chatMessageSchema),
  }),
  /** At most twice a second. */
  presence: z.object({
    type: z.literal('presence'),
    count: z.int(),
    joined: z.array(personHereSchema),
    left: z.array(z.string()),
  }),
  /** Names of those who type now; an empty list: nobody. */
  typing: z.object({ type: z.literal('typing'), people: z.array(z.string()) }),
  beat: z.object({ type: z.literal('beat') }),
  /** This person's standing changed. */
  you: z.object({
    type: z.literal('you'),
    roles: z.array(roleSchema),
    silencedUntil: z.optional(z.nullable(wallMs)),
    reason: z.optional(z.string()),
    /** When that may have changed: ids of the people this person does not want to read. */
    blocked: z.optional(z.array(z.string())),
  }),
  /** To those who moderate: what began to wait, and what waits no longer. */
  queue: z.object({
    type: z.literal('queue'),
    added: z.array(heldMessageSchema),
    removed: z.array(z.string()),
  }),
  /** To those who moderate: what one of them did. */
  action: z.object({
    type: z.literal('action'),
    id: z.string(),
    at: wallMs,
    actor: z.string(),
    action: z.string(),
    target: z.nullable(z.string()),
    reason: z.nullable(z.string()),
    undoable: z.boolean(),
  }),
  whisper: z.object({
    type: z.literal('whisper'),
    id: z.string(),
    at: wallMs,
    from: authorSchema,
    to: z.object({ id: z.string(), name: z.string() }),
    text: z.string(),
  }),
} as const;

export type ServerMessageType = keyof typeof serverSchemas;
export type ServerMessageOf<T extends ServerMessageType> = z.infer<(typeof serverSchemas)[T]>;
export type ServerMessage = { [T in ServerMessageType]: ServerMessageOf<T> }[ServerMessageType];
