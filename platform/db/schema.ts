import type { ChatLogTables } from './chat-log-schema.ts';
import type { ChatRuleTables } from './chat-schema.ts';

/** The tables, as the migrations leave them. Times are wall milliseconds, ids are ours. */
export interface Tables extends ChatRuleTables, ChatLogTables {
  channels: ChannelTable;
  notices: NoticeTable;
  users: UserTable;
  channel_roles: ChannelRoleTable;
  follows: FollowTable;
  signing_secrets: SigningSecretTable;
  revoked_tokens: RevokedTokenTable;
  sign_in_codes: SignInCodeTable;
}

export interface ChannelTable {
  id: string;
  /** Lower case; unique. */
  name: string;
  title: string;
  created_at: number;
  last_live_at: number | null;
  /** Its owner reads it again on the dashboard, so it is kept; nobody is looked up by it. */
  stream_key: string;
  /**
   * SHA-256 of the key, hexadecimal; unique. Lookups compare this, so the time they take says
   * nothing about the key.
   */
  stream_key_hash: string;
}

/** What another process (ctl) changed and the server has to act on; the server removes what it did. */
export interface NoticeTable {
  id: string;
  topic: string;
  /** JSON, as the bus carries it. */
  fact: string;
  created_at: number;
}

export interface UserTable {
  id: string;
  /** Lower case; unique. */
  name: string;
  /** The name in the case its owner likes. */
  display_name: string;
  /** `#rrggbb`; null: chosen by the page. */
  color: string | null;
  created_at: number;
  /** 0 or 1. */
  admin: number;
  /** Tokens issued before do not count. */
  tokens_valid_from: number;
}

/** What a person is in a channel; no row: a follower or nothing. */
export interface ChannelRoleTable {
  channel_id: string;
  user_id: string;
  role: string;
}

export interface FollowTable {
  channel_id: string;
  user_id: string;
  followed_at: number;
}

/** Made once for an installation, the same on every node. */
export interface SigningSecretTable {
  purpose: string;
  /** Base64url. */
  secret: string;
  created_at: number;
}

/** Kept until the token would have run out anyway. */
export interface RevokedTokenTable {
  token_id: string;
  expires_at: number;
}

/** One-time codes of sign-in links. */
export interface SignInCodeTable {
  /** SHA-256, hexadecimal: who reads the database cannot sign in with it. */
  code_hash: string;
  user_id: string;
  /** How long the session lasts that it opens. */
  session_ms: number;
  expires_at: number;
  used_at: number | null;
}
