import * as z from 'zod/mini';

/** Highest first: moderators before VIPs in lists, and the badge shown is the first one. */
export const ROLES = ['broadcaster', 'moderator', 'vip', 'follower', 'member', 'guest'] as const;

/**
 * What somebody is in one channel. Everyone who is signed in is a `member`; who is not is a
 * `guest`, who reads only.
 */
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

export const authorSchema = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(roleSchema),
  /** `#rrggbb`, chosen by the person; the page moves it until it has contrast. */
  color: z.optional(z.string()),
});
export type Author = z.infer<typeof authorSchema>;
