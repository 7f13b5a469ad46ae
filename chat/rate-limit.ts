/** Counts of the last `windowMs`, over all nodes. */
export interface RateLimit {
  /**
   * Counts one use, unless that would be more than `most` within the window.
   * `key` names what is counted: `send:CHANNEL:USER`.
   */
  take(key: string, limit: { most: number; windowMs: number }): Promise<Taken>;
  close(): Promise<void>;
}

export type Taken = { granted: true } | { granted: false; retryAfterMs: number };
