/** The tables, as the migrations leave them. Times are wall milliseconds, ids are ours. */
export interface Tables {
  channels: ChannelTable;
  notices: NoticeTable;
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
  channel: string;
  created_at: number;
}
