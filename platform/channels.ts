export interface Channel {
  id: string;
  name: string;
  title: string;
  createdAt: number;
  /** Wall ms at which the last stream ended; null: never live. */
  lastLiveAt: number | null;
}

/** A broadcaster's permanent places, and the stream keys that publish to them. */
export interface Channels {
  /** Throws AppError `channel_name_invalid`, `channel_name_reserved`, `channel_exists`. */
  create(name: string): Promise<{ channel: Channel; streamKey: string }>;
  byName(name: string): Promise<Channel | null>;
  /** Compares hashes; null for an unknown key. */
  byStreamKey(key: string): Promise<Channel | null>;
  /** The key for its owner to read; null when the channel does not exist. */
  streamKeyOf(name: string): Promise<string | null>;
  list(): Promise<Channel[]>;
  /** Throws AppError `channel_unknown`. */
  resetKey(name: string): Promise<string>;
  setTitle(name: string, title: string): Promise<void>;
  setLastLive(name: string, at: number): Promise<void>;
}
