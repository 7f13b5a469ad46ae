export interface Limit {
  most: number;
  windowMs: number;
}

/** Counts of the last `windowMs`, over all nodes. */
export interface RateLimit {
  /**
   * Counts one use, unless that would be more than `most` within the window.
   * `key` names what is counted: `send:CHANNEL:USER`.
   *
   * @param use names it: what comes again under the same name is granted, and counted once
   */
  take(key: string, limit: Limit, use?: string): Promise<Taken>;
  /** A use that came to nothing is not counted. */
  giveBack(key: string, use: string): Promise<void>;
  close(): Promise<void>;
}

export type Taken = { granted: true } | { granted: false; retryAfterMs: number };
