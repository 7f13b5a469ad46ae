/**
 * How late media comes. The lateness of an arrival is the wall time at which the buffer grew
 * minus the media time at which it ended until then (both seconds): on a calm network it is the
 * same number every time, and its spread is what the buffer has to bear.
 */
interface Arrival {
  at: number;
  lateness: number;
}

const WINDOW_SECONDS = 30;
const MAX_ARRIVALS = 400;
/** Jitter that comes again is remembered fully for a while; an outage is over soon. */
const JITTER = { mostSeconds: 0.3, fullSeconds: 15 } as const;
const OUTAGE_SECONDS = 10;
/** The usual lateness follows a changed path within this time. */
const USUAL_WINDOW_SECONDS = 6;
/** An outage must not be taken for jitter: more than this is not to be borne by waiting. */
const MAX_SPREAD_SECONDS = 1;
/** Media fetched faster than it is made is backlog and says nothing about the live edge. */
const BACKLOG_RATIO = 0.5;

export class Arrivals {
  readonly #arrivals: Arrival[] = [];
  #last: number | null = null;

  /** @param arrival seconds: `at` wall time, `endBefore` and `endAfter` the end of the buffer */
  add(arrival: { at: number; endBefore: number; endAfter: number }): void {
    const sinceLast = this.#last === null ? 0 : arrival.at - this.#last;
    this.#last = arrival.at;
    if (sinceLast < (arrival.endAfter - arrival.endBefore) * BACKLOG_RATIO) {
      return;
    }
    this.#arrivals.push({ at: arrival.at, lateness: arrival.at - arrival.endBefore });
    while (
      this.#arrivals.length > MAX_ARRIVALS ||
      (this.#arrivals[0]?.at ?? arrival.at) < arrival.at - WINDOW_SECONDS
    ) {
      this.#arrivals.shift();
    }
  }

  /** Forgets everything: the media timeline changed. */
  reset(): void {
    this.#arrivals.length = 0;
    this.#last = null;
  }

  /** Seconds; null until three arrivals at the live edge were seen. */
  usual(now: number): number | null {
    const recent = this.#arrivals.filter((one) => one.at >= now - USUAL_WINDOW_SECONDS);
    const pool = recent.length >= 3 ? recent : this.#arrivals;
    if (pool.length < 3) {
      return null;
    }
    const sorted = pool.map((one) => one.lateness).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  /**
   * Seconds by which arrivals come later than usual: the second largest, so that one hiccup alone
   * costs nothing.
   */
  spread(now: number): number {
    const usual = this.usual(now);
    if (usual === null) {
      return 0;
    }
    let largest = 0;
    let second = 0;
    for (const { at, lateness } of this.#arrivals) {
      const excess = remembered(lateness - usual, now - at);
      if (excess > largest) {
        second = largest;
        largest = excess;
      } else if (excess > second) {
        second = excess;
      }
    }
    return second;
  }
}

/** What is left of a late arrival after `age` seconds. */
function remembered(excess: number, age: number): number {
  const jitter = Math.min(JITTER.mostSeconds, excess);
  const outage = Math.min(MAX_SPREAD_SECONDS, excess) - jitter;
  const fading = (age - JITTER.fullSeconds) / (WINDOW_SECONDS - JITTER.fullSeconds);
  const left = Math.min(1, Math.max(0, 1 - fading));
  return jitter * left + outage * Math.max(0, 1 - age / OUTAGE_SECONDS);
}
