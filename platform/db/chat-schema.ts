/** The tables of chat's rules. Times are wall milliseconds, ids are ours. */
export interface ChatRuleTables {
  chat_settings: ChatSettingsTable;
  chat_sanctions: ChatSanctionTable;
  chat_actions: ChatActionTable;
  chat_held: ChatHeldTable;
  chat_terms: ChatTermTable;
  chat_blocks: ChatBlockTable;
  chat_whispers: ChatWhisperTable;
  chat_preferences: ChatPreferenceTable;
  emotes: EmoteTable;
}

export interface ChatSettingsTable {
  channel_id: string;
  /** JSON: `Modes`. */
  modes: string;
  /** JSON: the message as it was when it was pinned. */
  pinned: string | null;
  /** JSON: `Filters`. */
  filters: string;
}

/** Who may not write, or not come in. One row a person: the newest sanction. */
export interface ChatSanctionTable {
  channel_id: string;
  user_id: string;
  kind: 'timeout' | 'ban';
  /** Null: for ever. */
  until: number | null;
  reason: string | null;
  /** Row of chat_actions. */
  action_id: string;
}

/** The log of what moderators did. */
export interface ChatActionTable {
  id: string;
  channel_id: string;
  at: number;
  actor_id: string;
  action: string;
  target_id: string | null;
  reason: string | null;
  /** JSON: what it takes to undo it and to say what it was. */
  detail: string;
  undone_at: number | null;
  undone_by: string | null;
}

/** Messages that wait for a moderator, reported ones among them. */
export interface ChatHeldTable {
  id: string;
  channel_id: string;
  at: number;
  /** JSON: `Author`. */
  author: string;
  text: string;
  reply_to: string | null;
  /** The message reported; null: it was never shown. */
  message_id: string | null;
  rule: string;
  reason: string;
  /** The author's own id of it; null: a report. */
  client_id: string | null;
  /** Null: it waits. Denied ones stay a while, for their authors who send again. */
  denied_at: number | null;
}

export interface ChatTermTable {
  channel_id: string;
  term: string;
  added_by: string;
  added_at: number;
}

export interface ChatBlockTable {
  user_id: string;
  blocked_id: string;
  at: number;
}

export interface ChatWhisperTable {
  id: string;
  from_id: string;
  client_id: string;
  to_id: string;
  at: number;
  text: string;
}

export interface ChatPreferenceTable {
  user_id: string;
  whispers_from: 'nobody' | 'answered' | 'everyone';
}

/** Of a channel; those that everybody has are files of the page. */
export interface EmoteTable {
  channel_id: string;
  name: string;
  /** Name of the image under its content's hash. */
  file: string;
  /** 0 or 1. */
  animated: number;
  /** Base64 of the WebP: every node has it with the database. */
  image: string;
  added_by: string;
  added_at: number;
}
