/**
 * What was said in chat, for good. The same tables in Postgres and, on one machine, in a SQLite
 * file of their own (chat/log/chat-database.ts). A position is an epoch and an offset; epochs sort by
 * the time of their beginning, so (epoch, offset) is the order of a channel.
 */
export interface ChatLogTables {
  chat_messages: ChatMessageTable;
  chat_removed: ChatRemovedTable;
  chat_clears: ChatClearTable;
}

export interface ChatMessageTable {
  channel: string;
  epoch: string;
  offset: number;
  id: string;
  /** `message`, or on one machine any kind of entry: there this is the log itself. */
  kind: string;
  author: string;
  /** Wall milliseconds. */
  at: number;
  /** JSON without its `offset`. */
  body: string;
}

/** Messages that a moderator took away. They are kept, and marked. */
export interface ChatRemovedTable {
  channel: string;
  /** Id of the message. */
  message: string;
  at: number;
}

/** The newest clear of a channel, or of one person in it: what came before counts as removed. */
export interface ChatClearTable {
  channel: string;
  /** User id; empty: everybody's. */
  author: string;
  epoch: string;
  offset: number;
  at: number;
}
