import type { Role } from '../../../../platform/protocol/chat/roles.ts';
import { ROLES } from '../../../../platform/protocol/chat/roles.ts';

type Roles = readonly Role[];

/** Lower is higher. */
export const rankOf = (roles: Roles): number =>
  Math.min(ROLES.length, ...roles.map((role) => ROLES.indexOf(role)));

/** Which buttons are there; the server decides what they do. */
export const moderates = (roles: Roles): boolean =>
  roles.includes('broadcaster') || roles.includes('moderator');

export const isSignedIn = (roles: Roles): boolean => roles.some((role) => role !== 'guest');

/** Nobody acts on their own rank or above. */
export const outranks = (one: Roles, other: Roles): boolean => rankOf(one) < rankOf(other);

export const topRole = (roles: Roles): Role => ROLES[rankOf(roles)] ?? 'guest';

export const ROLE_NAMES: Record<Role, string> = {
  broadcaster: 'Broadcaster',
  moderator: 'Moderator',
  vip: 'VIP',
  follower: 'Follower',
  member: 'Member',
  guest: 'Guest',
};
