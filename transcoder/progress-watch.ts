/** Where one rendition is at one moment; media times in ms. */
export interface RenditionProgress {
  /** Newest that ingest has of the rendition's own track; null: nothing comes in, or unknown. */
  fedMs: number | null;
  /** Newest that came out; null: nothing so far. */
  outMs: number | null;
}

export type Verdict = 'fine' | 'hung' | 'behind';

const HUNG_AFTER_MS = 5000;
/** A track without a frame for so long pauses; what does not move then has nothing to do. */
const PAUSED_AFTER_MS = 2000;
/** Less than this may still lie in a decoder that waits for B-frames. */
const MORE_MS = 300;
const STANDSTILL_MS = 1000;
export const LAG_LIMIT_MS = 400;
const BEHIND_AFTER_MS = 2000;
/** A run begins with everything since the newest keyframe and has to catch up first. */
const START_UP_MS = 8000;
/** A lag above this that only grows is nothing that is being caught up. */
const LOSING_LAG_MS = 1000;
const LOSING_AFTER_MS = 3000;

/** What was seen of one rendition so far. */
class Movement {
  #fedMs: number | null = null;
  #outMs: number | null = null;
  #fedAt: number | null = null;
  #waitingSince: number | null = null;

  note({ fedMs, outMs }: RenditionProgress, now: number): void {
    if (fedMs !== null && fedMs !== this.#fedMs) {
      this.#fedAt = now;
      this.#fedMs = fedMs;
    }
    const moved = outMs !== this.#outMs;
    this.#outMs = outMs;
    const hasMore = this.#fedMs !== null && (outMs === null || this.#fedMs - outMs > MORE_MS);
    if (moved || !hasMore || !this.isFed(now)) this.#waitingSince = null;
    else this.#waitingSince ??= now;
  }

  isFed(now: number): boolean {
    return this.#fedAt !== null && now - this.#fedAt < PAUSED_AFTER_MS;
  }

  /** Nothing has come out for so long while media kept coming in. */
  stoodStill(now: number, forMs: number): boolean {
    return this.#waitingSince !== null && now - this.#waitingSince >= forMs;
  }
}

/**
 * Judges one run: does every rendition move while its track comes in, and does it keep up? Tracks
 * are never compared with each other: one may pause, or lie beside the other for ever.
 */
export class ProgressWatch {
  readonly #startedAt: number;
  readonly #movements: Movement[] = [];
  #caughtUp = false;
  #behindSince: { at: number; lag: number } | null = null;
  /** Since when every lag seen was larger than the one before. */
  #losingSince: { at: number; lag: number } | null = null;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** @param now wall ms; every rendition keeps its place in `renditions` */
  observe(now: number, renditions: RenditionProgress[]): Verdict {
    renditions.forEach((rendition, index) => {
      this.#movements[index] ??= new Movement();
      this.#movements[index].note(rendition, now);
    });
    if (this.#stoodStill(now, HUNG_AFTER_MS)) return 'hung';
    return this.#isBehind(now, this.#lagOf(renditions, now)) ? 'behind' : 'fine';
  }

  #stoodStill(now: number, forMs: number): boolean {
    return this.#movements.some((movement) => movement.stoodStill(now, forMs));
  }

  /** Of the slowest rendition, ms; null: not known, or nothing comes in. */
  #lagOf(renditions: RenditionProgress[], now: number): number | null {
    const fed = renditions.filter((_, index) => this.#movements[index]?.isFed(now));
    const lags = fed.map(({ fedMs, outMs }) =>
      fedMs === null || outMs === null ? null : fedMs - outMs,
    );
    return lags.reduce(
      (most, lag) => (most === null || lag === null ? null : Math.max(most, lag)),
      lags.length === 0 ? null : Number.NEGATIVE_INFINITY,
    );
  }

  #isBehind(now: number, lag: number | null): boolean {
    const isFine = lag !== null && lag <= LAG_LIMIT_MS;
    this.#caughtUp ||= isFine;
    // What does not move at all is not slow, and fewer rungs would not help it.
    if (lag === null || isFine || this.#stoodStill(now, STANDSTILL_MS)) {
      this.#behindSince = null;
      return false;
    }
    if (!this.#caughtUp && now - this.#startedAt < START_UP_MS) return this.#isLosing(now, lag);
    // After a burst from the encoder the lag shrinks by itself: measure anew from there.
    if (this.#behindSince === null || lag < this.#behindSince.lag * 0.75) {
      this.#behindSince = { at: now, lag };
    }
    return now - this.#behindSince.at >= BEHIND_AFTER_MS;
  }

  #isLosing(now: number, lag: number): boolean {
    const before = this.#losingSince;
    const isLosing = before !== null && lag > before.lag && lag > LOSING_LAG_MS;
    this.#losingSince = { at: isLosing ? before.at : now, lag };
    return isLosing && now - before.at >= LOSING_AFTER_MS;
  }
}
