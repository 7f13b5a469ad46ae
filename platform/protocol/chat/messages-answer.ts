import * as z from 'zod/mini';
import { chatMessageSchema, serverSchemas } from './server-messages.ts';

/** What `GET /api/v1/channels/:channel/messages` answers. */
export const messagesAnswerSchema = z.object({
  /** In offset order. */
  items: z.array(chatMessageSchema),
  /** What moderators did meanwhile, as frames of the socket. */
  events: z.optional(
    z.array(
      z.discriminatedUnion('type', [
        serverSchemas.deleted,
        serverSchemas.cleared,
        serverSchemas.mode,
        serverSchemas.pinned,
      ]),
    ),
  ),
  /** Ask for what comes `after` it, with this `epoch`. */
  offset: z.int(),
  epoch: z.string(),
  /** False: there is no way on from where the asker was; these are the newest. */
  resumed: z.boolean(),
  /** Without `after`: the rest of what `welcome` says. */
  you: z.optional(serverSchemas.welcome.shape.you),
  modes: z.optional(serverSchemas.welcome.shape.modes),
  pinned: z.optional(serverSchemas.welcome.shape.pinned),
  presence: z.optional(serverSchemas.welcome.shape.presence),
});
export type MessagesAnswer = z.infer<typeof messagesAnswerSchema>;
