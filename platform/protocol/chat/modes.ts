import * as z from 'zod/mini';

const seconds = (most: number) => z.int().check(z.minimum(0), z.maximum(most));

/** How a channel's chat is held. Everything off is `NO_MODES`. */
export const modesSchema = z.object({
  /** Seconds between two messages of one person; 0: off. */
  slow: seconds(3_600),
  /** Minutes somebody must have followed; 0: any follower; null: off. */
  followersOnly: z.nullable(seconds(129_600)),
  emoteOnly: z.boolean(),
  /** No message twice within a while. */
  unique: z.boolean(),
  /** Only VIPs and above. */
  membersOnly: z.boolean(),
  /** Seconds that messages wait before those who do not moderate see them; 0: off. */
  delay: seconds(30),
  /** Everything strict at once, against a raid of bots. */
  shield: z.boolean(),
});
export type Modes = z.infer<typeof modesSchema>;

export const NO_MODES: Modes = {
  slow: 0,
  followersOnly: null,
  emoteOnly: false,
  unique: false,
  membersOnly: false,
  delay: 0,
  shield: false,
};

export const modeChangeSchema = z.partial(modesSchema);
export type ModeChange = z.infer<typeof modeChangeSchema>;
