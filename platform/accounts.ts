import type { Channel } from './channels.ts';

export interface User {
  id: string;
  /** Canonical: lower case. */
  name: string;
  /** The name in the case its owner likes. */
  displayName: string;
  /** `#rrggbb`; null: the page chooses one. */
  color: string | null;
  createdAt: number;
  /** Of the whole installation. */
  admin: boolean;
}

/** What somebody was made in a channel; followers and members are nothing of these. */
export const CHANNEL_ROLES = ['broadcaster', 'moderator', 'vip'] as const;
export type ChannelRole = (typeof CHANNEL_ROLES)[number];

export interface ChannelStanding {
  role: ChannelRole | null;
  /** Wall ms; null: does not follow. */
  followedAt: number | null;
  color: string | null;
}

export interface RoleHolder {
  userId: string;
  name: string;
  displayName: string;
  role: ChannelRole;
}

type ChannelRef = Pick<Channel, 'id' | 'name'>;

/**
 * People, and what they are in a channel. Whatever changes somebody's standing is told to every
 * node as `chat:standing-changed`.
 */
export interface Accounts {
  /** @throws AppError `user_name_invalid`, `user_name_reserved` (400), `user_exists` (409) */
  create(name: string, options?: { admin?: boolean }): Promise<User>;
  /** The person of this name, made when there is none. */
  ensure(name: string): Promise<{ user: User; created: boolean }>;
  userByName(name: string): Promise<User | null>;
  userById(id: string): Promise<User | null>;
  /** By name. */
  list(): Promise<User[]>;
  /** @param color `#rrggbb`, checked by the caller */
  setColor(userId: string, color: string | null): Promise<void>;
  /** One query. Somebody unknown stands for nothing. */
  rolesIn(channelId: string, userId: string): Promise<ChannelStanding>;
  /** Null takes the role away. */
  setRole(channel: ChannelRef, userId: string, role: ChannelRole | null): Promise<void>;
  /** Broadcasters first, then moderators, then VIPs; by name among them. */
  listRoles(channelId: string): Promise<RoleHolder[]>;
  /** Following twice keeps the first time. */
  follow(channel: ChannelRef, userId: string): Promise<void>;
  unfollow(channel: ChannelRef, userId: string): Promise<void>;
  countFollowers(channelId: string): Promise<number>;
}
