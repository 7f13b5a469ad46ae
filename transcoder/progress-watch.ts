/** What is seen of a run at one moment; all media times in ms. */
export interface Progress {
  /** Wall ms. */
  now: number;
  /** Newest media time that ingest has for the transcoder; null: nothing comes in, or unknown. */
  fedMs: number | null;
  /** Newest media time out of every video rendition (or of the audio, without video). */
  outMs: (number | null)[];
}

export type Verdict = 'fine' | 'hung' | 'behind';

const HUNG_AFTER_MS = 5000;
/** Less than this may still lie in a decoder that waits for B-frames. */
const MORE_MS = 300;
const STANDSTILL_MS = 1000;
export const LAG_LIMIT_MS = 400;
const BEHIND_AFTER_MS = 2000;
/** A run begins with everything since the newest keyframe and has to catch up first. */
const START_UP_MS = 8000;

/** Judges one run: does every rendition move while media comes in, and does it keep up? */
export class ProgressWatch {
  readonly #startedAt: number;
  #caughtUp = false;
  #lastOut: (number | null)[] = [];
  #waitingSince: (number | null)[] = [];
  #lastFed: number | null = null;
  #fedAt: number | null = null;
  #behindSince: { at: number; lag: number } | null = null;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  observe(progress: Progress): Verdict {
    const { now, fedMs, outMs } = progress;
    if (fedMs !== null && fedMs !== this.#lastFed) {
      this.#fedAt = now;
      this.#lastFed = fedMs;
    }
    outMs.forEach((out, index) => {
      this.#noteMove(index, out, now);
    });
    this.#lastOut = outMs;
    if (this.#stoodStill(now, HUNG_AFTER_MS)) return 'hung';
    return this.#isBehind(progress) ? 'behind' : 'fine';
  }

  #noteMove(index: number, out: number | null, now: number): void {
    const moved = out !== (this.#lastOut[index] ?? null);
    const hasMore = this.#lastFed !== null && (out === null || this.#lastFed - out > MORE_MS);
    if (moved || !hasMore) this.#waitingSince[index] = null;
    else this.#waitingSince[index] ??= now;
  }

  /** Some rendition has stood still for so long while media keeps coming in. */
  #stoodStill(now: number, forMs: number): boolean {
    const fedLately = this.#fedAt !== null && now - this.#fedAt < 1000;
    return fedLately && this.#waitingSince.some((since) => since !== null && now - since >= forMs);
  }

  #isBehind({ now, fedMs, outMs }: Progress): boolean {
    const slowest = outMs.reduce<number | null>(
      (least, out) => (least === null || out === null ? null : Math.min(least, out)),
      Number.POSITIVE_INFINITY,
    );
    const lag = fedMs === null || slowest === null ? null : fedMs - slowest;
    const isFine = lag !== null && lag <= LAG_LIMIT_MS;
    this.#caughtUp ||= isFine;
    // What does not move at all is not slow, and fewer rungs would not help it.
    if (lag === null || isFine || this.#stoodStill(now, STANDSTILL_MS)) {
      this.#behindSince = null;
      return false;
    }
    if (!this.#caughtUp && now - this.#startedAt < START_UP_MS) return false;
    // After a burst from the encoder the lag shrinks by itself: measure anew from there.
    if (this.#behindSince === null || lag < this.#behindSince.lag * 0.75) {
      this.#behindSince = { at: now, lag };
    }
    return now - this.#behindSince.at >= BEHIND_AFTER_MS;
  }
}
