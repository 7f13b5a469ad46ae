import * as z from 'zod/mini';
import { personHereSchema } from '../../platform/protocol/chat/server-messages.ts';

/** What the nodes tell each other about who is in a channel. `said` counts a node's changes. */
const node = z.string();
const said = z.int();
const wordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('change'),
    node,
    said,
    guests: z.int(),
    joined: z.array(personHereSchema),
    left: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('all'),
    node,
    said,
    guests: z.int(),
    people: z.array(personHereSchema),
  }),
  z.object({ kind: z.literal('alive'), node, said }),
  /** Say all that you know; `of` null: everybody. */
  z.object({ kind: z.literal('ask'), node, of: z.nullable(z.string()) }),
  z.object({ kind: z.literal('gone'), node }),
]);
export type NodeWord = z.infer<typeof wordSchema>;

/** Null: it is none. */
export function readNodeWord(message: Buffer): NodeWord | null {
  try {
    return wordSchema.parse(JSON.parse(message.toString()));
  } catch {
    return null;
  }
}
