import type { Author, Role } from '../../platform/protocol/chat/roles.ts';

/** Who is on a socket or behind a request, and what they are in this channel. */
export interface Person {
  /** User id; of a guest: made for this visit. */
  id: string;
  name: string;
  roles: Role[];
  color: string | null;
  /** Wall ms at which the token runs out; null: a guest. */
  expiresAt: number | null;
}

export const authorOf = ({ id, name, roles, color }: Person): Author => ({
  id,
  name,
  roles,
  ...(color !== null && { color }),
});
