import type { PersonHere } from '../../platform/protocol/chat/server-messages.ts';

/** Who is in a channel's chat: leases that connections hold and renew. */
export interface PresenceChange {
  count: number;
  joined: PersonHere[];
  left: string[];
}

export interface PresenceSnapshot {
  /** Everybody, guests included, each person once however many sockets. */
  count: number;
  /** Those who are signed in, moderators first, at most `PEOPLE_SHOWN`. */
  people: PersonHere[];
}

export const PEOPLE_SHOWN = 200;

/** A lease outlives a short tunnel: 15 s without a pong, and its person has left. */
export const LEASE_MS = 15_000;

export interface Presence {
  /** A person may hold several leases; they leave with the last one. */
  enter(channel: string, leaseId: string, person: PersonHere): void;
  /** Pongs came: called in batches, many at once. */
  renew(channel: string, leaseIds: string[]): void;
  /** `linger`: the socket broke without a word, so the lease runs out by itself. */
  leave(channel: string, leaseId: string, options: { linger: boolean }): void;
  snapshot(channel: string): Promise<PresenceSnapshot>;
  /** Wall ms of the last lease of somebody; null: never seen. */
  lastSeen(channel: string, userId: string): Promise<number | null>;
  /** Changes by all nodes, at most twice a second. Returns the function that ends it. */
  subscribe(channel: string, listener: (change: PresenceChange) => void): () => void;
  close(): Promise<void>;
}
