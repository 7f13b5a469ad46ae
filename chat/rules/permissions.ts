import { ROLES, type Role } from '../../platform/protocol/chat/roles.ts';

/** What can be done in a channel's chat. */
export type Permission =
  | 'write'
  | 'report'
  | 'write_unmoderated'
  | 'write_past_modes'
  | 'write_fast'
  | 'delete'
  | 'clear'
  | 'timeout'
  | 'ban'
  | 'unban'
  | 'mode'
  | 'pin'
  | 'announce'
  | 'review'
  | 'read_actions'
  | 'undo'
  | 'set_rules'
  | 'set_emotes'
  | 'appoint_vip'
  | 'appoint_moderator';

const TABLE: Record<Permission, readonly Role[]> = {
  write: ['broadcaster', 'moderator', 'vip', 'follower', 'member'],
  report: ['broadcaster', 'moderator', 'vip', 'follower', 'member'],
  /** Held by no rule for messages. */
  write_unmoderated: ['broadcaster', 'moderator'],
  /** Slow, followers only, members only, emote only and unique are for the others. */
  write_past_modes: ['broadcaster', 'moderator', 'vip'],
  /** 100 messages in 30 s, where the others have 20. */
  write_fast: ['broadcaster', 'moderator'],
  delete: ['broadcaster', 'moderator'],
  clear: ['broadcaster', 'moderator'],
  timeout: ['broadcaster', 'moderator'],
  ban: ['broadcaster', 'moderator'],
  unban: ['broadcaster', 'moderator'],
  mode: ['broadcaster', 'moderator'],
  pin: ['broadcaster', 'moderator'],
  announce: ['broadcaster', 'moderator'],
  review: ['broadcaster', 'moderator'],
  read_actions: ['broadcaster', 'moderator'],
  undo: ['broadcaster', 'moderator'],
  set_rules: ['broadcaster', 'moderator'],
  set_emotes: ['broadcaster'],
  appoint_vip: ['broadcaster', 'moderator'],
  appoint_moderator: ['broadcaster'],
};

export const may = (roles: readonly Role[], permission: Permission): boolean =>
  roles.some((role) => TABLE[permission].includes(role));

/** Nobody acts on their own rank or above: a moderator on no moderator, nobody on the broadcaster. */
export const outranks = (actor: readonly Role[], target: readonly Role[]): boolean =>
  rankOf(actor) < rankOf(target);

const rankOf = (roles: readonly Role[]): number =>
  Math.min(...roles.map((role) => ROLES.indexOf(role)), ROLES.length);
