import * as z from 'zod/mini';
import { roleSchema } from './roles.ts';

/** Chat's part of `/api/v1`. Times are wall milliseconds. */
const describe = <T extends z.core.$ZodType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description });
  return schema;
};
const wallMs = z.int();

export const emoteNameSchema = describe(
  z.string().check(z.regex(/^[a-z0-9_]{2,32}$/)),
  'Written between colons',
);
export const emoteSchema = z.object({
  name: emoteNameSchema,
  url: describe(z.string(), 'Path of its image'),
  animated: z.boolean(),
  source: describe(z.enum(['footlight', 'channel']), "Everybody's, or the channel's own"),
});
export type Emote = z.infer<typeof emoteSchema>;
export const emoteListSchema = describe(
  z.object({ emotes: z.array(emoteSchema) }),
  'What can be written between colons in a channel.',
);

export const filtersSchema = describe(
  z.object({
    links: describe(z.enum(['everyone', 'followers', 'vips']), 'Who may write links'),
    caps: describe(z.boolean(), 'Hold what is mostly capitals'),
    repetition: describe(z.boolean(), "Hold what repeats itself or the person's last message"),
  }),
  'Which messages wait for a moderator.',
);
export const filtersChangeSchema = z.partial(filtersSchema);

export const termSchema = z.object({ term: z.string().check(z.minLength(1), z.maxLength(200)) });
export const termListSchema = describe(
  z.object({ terms: z.array(z.string()) }),
  'Words that make a message wait for a moderator; `*` at an end stands for any letters.',
);

const someone = z.object({ id: z.string(), name: z.string() });
export const actionSchema = describe(
  z.object({
    id: z.string(),
    at: wallMs,
    actor: someone,
    action: z.string(),
    target: z.nullable(someone),
    reason: z.nullable(z.string()),
    detail: describe(z.record(z.string(), z.unknown()), 'What the action was about'),
    undoable: z.boolean(),
    undoneAt: z.nullable(wallMs),
  }),
  'What a moderator did.',
);
export type ActionView = z.infer<typeof actionSchema>;
export const actionListSchema = describe(
  z.object({ actions: z.array(actionSchema) }),
  'The log of moderators, newest first.',
);

export const userCardSchema = describe(
  z.object({
    id: z.string(),
    name: z.string(),
    color: z.nullable(z.string()),
    roles: z.array(roleSchema),
    createdAt: wallMs,
    followedAt: describe(z.nullable(wallMs), 'Null: does not follow the channel'),
    lastSeenAt: describe(z.nullable(wallMs), 'In the chat of the channel; null: not lately'),
    silencedUntil: describe(
      z.optional(z.nullable(wallMs)),
      'For moderators and the person: end of a timeout; null: banned; left out: neither',
    ),
    messages: describe(
      z.array(
        z.object({
          id: z.string(),
          at: wallMs,
          text: z.string(),
          deleted: z.optional(z.boolean()),
        }),
      ),
      'Newest first; deleted ones for moderators alone',
    ),
    actions: describe(z.optional(z.array(actionSchema)), 'For moderators: what was done to them'),
  }),
  'Somebody in one channel.',
);
export type UserCard = z.infer<typeof userCardSchema>;

export const whisperPreferenceSchema = describe(
  z.object({
    from: describe(
      z.enum(['nobody', 'answered', 'everyone']),
      'answered: those whom you whispered to first',
    ),
  }),
  'Who may whisper to you.',
);
