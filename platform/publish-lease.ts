import type { LeaseRequest } from './directory.ts';

/** Who publishes a channel now, and whom it took over. Times are wall milliseconds. */
export interface PublishLease {
  publisherId: string;
  identity: string;
  renewedAt: number;
  /** By identity: those taken over since somebody publishes without a break. */
  displaced: Map<string, Displaced>;
}

interface Displaced {
  /** Its takeover, or its newest attempt to come back. */
  seenAt: number;
  /** Longest pause between its attempts so far. */
  longestPauseMs: number;
}

/** A holder renews about once a second; one that has not for so long is not sending. */
const SENDING_WITHIN_MS = 4_000;
/** The holder's own encoder, returning over a connection that broke, waits 2 s before it does. */
const SAME_ENCODER_SENDING_WITHIN_MS = 2_500;
/**
 * A displaced encoder that comes back by itself does so every few seconds, most with growing
 * pauses. After a silence well beyond those it is a person who chose to publish again.
 */
const SHORTEST_SILENCE_MS = 15_000;
const SILENCE_PER_PAUSE = 3;
const MAX_DISPLACED = 64;

export type LeaseDecision =
  | { granted: true; lease: PublishLease; evicted: string | null }
  | { granted: false };

/**
 * The newest authorised publisher has the channel; a displaced one that keeps coming back does
 * not, while its successor sends. Notes a refused attempt in `current`.
 */
export function mayTakeOver(
  current: PublishLease | null,
  request: LeaseRequest,
  now: number,
): LeaseDecision {
  const { publisherId, identity } = request;
  if (current === null || current.publisherId === publisherId) {
    const displaced = current?.displaced ?? new Map();
    const lease = { publisherId, identity, renewedAt: now, displaced };
    return { granted: true, lease, evicted: null };
  }
  const sameEncoder = current.identity === identity;
  const silentMs = now - current.renewedAt;
  const sending = silentMs < (sameEncoder ? SAME_ENCODER_SENDING_WITHIN_MS : SENDING_WITHIN_MS);
  if (sending && comesBackByItself(current.displaced, identity, now)) return { granted: false };

  const displaced = sending ? new Map(current.displaced) : new Map<string, Displaced>();
  displaced.delete(identity);
  if (sending) remember(displaced, current.identity, now);
  return {
    granted: true,
    lease: { publisherId, identity, renewedAt: now, displaced },
    evicted: current.publisherId,
  };
}

function comesBackByItself(displaced: Map<string, Displaced>, identity: string, now: number) {
  const known = displaced.get(identity);
  if (known === undefined) return false;
  const pauseMs = now - known.seenAt;
  if (pauseMs > Math.max(SHORTEST_SILENCE_MS, SILENCE_PER_PAUSE * known.longestPauseMs)) {
    return false;
  }
  known.longestPauseMs = Math.max(known.longestPauseMs, pauseMs);
  known.seenAt = now;
  return true;
}

function remember(displaced: Map<string, Displaced>, identity: string, now: number): void {
  displaced.set(identity, { seenAt: now, longestPauseMs: 0 });
  const [oldest] = displaced.keys();
  if (displaced.size > MAX_DISPLACED && oldest !== undefined) displaced.delete(oldest);
}
