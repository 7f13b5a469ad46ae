import type { Transport } from './chat-client.ts';
import type { LinkEnd } from './link.ts';

export const TRANSPORTS: readonly Transport[] = [
  'websocket',
  'event-stream',
  'long-polling',
  'short-polling',
];

/** A link that broke before is counted with those that never came up. */
const SHORT_MS = 10_000;
/** One that lasted proves that its transport gets through. */
const LONG_MS = 60_000;
const MOST_FAILURES = 2;
const FIRST_PROBE_MS = 60_000;
const LONGEST_PROBE_MS = 900_000;

/** Which transport is next. */
export class Ladder {
  #step = 0;
  /** Of this transport, one after the other. */
  #failures = 0;
  #probes = 0;

  get transport(): Transport {
    return TRANSPORTS[this.#step] ?? 'websocket';
  }

  /** Until WebSocket is tried again beside the fallback. */
  get probeInMs(): number {
    return Math.min(FIRST_PROBE_MS * 2 ** this.#probes, LONGEST_PROBE_MS);
  }

  /** The network is another one. */
  reset(): void {
    this.#step = 0;
    this.#failures = 0;
    this.#probes = 0;
  }

  probeFailed(): void {
    this.#probes++;
  }

  /** A probe came up. */
  climb(): void {
    this.#step = 0;
    this.#failures = MOST_FAILURES - 1;
    this.#probes++;
  }

  /**
   * A link of this transport ended. Returns whether another one is to be tried now, without a wait.
   *
   * @param upForMs null: it never came up
   */
  ended(how: LinkEnd['kind'], upForMs: number | null): boolean {
    if (upForMs !== null && upForMs >= LONG_MS) {
      this.#failures = 0;
      if (this.#step === 0) this.#probes = 0;
    }
    if (how === 'told') return false;
    if (how === 'unreachable' && upForMs !== null && upForMs >= SHORT_MS) return false;
    const isServerAway = how === 'unreachable' && upForMs === null && this.#step > 0;
    if (isServerAway) {
      // Plain requests fail too: it is not the transport. One more failure leads here again.
      this.#step = 0;
      this.#failures = MOST_FAILURES - 1;
      return false;
    }
    // What opens and is silent from the beginning does not need a second look.
    this.#failures += how === 'unfit' && upForMs === null ? MOST_FAILURES : 1;
    if (this.#failures < MOST_FAILURES) return false;
    return this.#goDown();
  }

  #goDown(): boolean {
    const isLast = this.#step === TRANSPORTS.length - 1;
    this.#step = isLast ? 0 : this.#step + 1;
    this.#failures = 0;
    return !isLast;
  }
}
