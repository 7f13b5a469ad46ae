import { Arrivals } from './arrivals.ts';

/** What the buffer keeps at least, seconds: nobody's machine is calmer than this. */
const MIN_FLOOR_SECONDS = 0.15;
/** What it keeps beside the measured spread of arrivals. */
const MARGIN_SECONDS = 0.07;
/**
 * Beyond the first spread it is a network's, and may get a little worse than it was; from the
 * second on the link may narrow as well, and the buffer has to last while another rung is begun.
 */
const ROUGH = { fromSpread: 0.1, fullSpread: 0.2, factor: 1.5, floor: 0.75 } as const;
/** What it keeps besides while little is known, and after each stall. */
const EXTRA = { start: 0.08, afterStall: 0.12, max: 0.7, halfLifeSeconds: 10 } as const;
const RATE = { min: 0.95, max: 1.1, gain: 0.25, step: 0.005 } as const;
/** Rate control sleeps inside the first band and wakes outside the second, seconds. */
const DEAD_BAND = { sleep: 0.015, wake: 0.035 } as const;
const RATE_INTERVAL_SECONDS = 0.5;
/** Farther behind than this, playing faster takes too long; less is borne while joining. */
const SEEK_SECONDS = { joining: 1, buffered: 1.5, later: 3 } as const;
/** What a seek within the buffer leaves ahead. */
const SEEK_LEAVES_SECONDS = 0.3;
const JOINING_SECONDS = 5;
/** A starved player waits for the target again, but no stall is made longer than this. */
const MAX_HOLD_SECONDS = 0.3;
/** Without a picture, sound waits for it so long at most. */
const MAX_DRY_SECONDS = 1;
/**
 * The playhead is stopped with so much left, seconds. Chromium that has run dry goes on up to two
 * seconds after there is media again; one that was stopped goes on at once.
 */
export const BRINK_SECONDS = 0.04;
/** A part that comes sooner was hardly late. */
const BRINK_STALL_SECONDS = 0.1;
/** Less than about a frame holds by itself. */
const EMPTY_SECONDS = 0.05;
/** Held for before anything is known about arrivals, seconds of buffer. */
const BLIND_BUFFER_SECONDS = 0.35;

export interface PlayheadView {
  /** Wall seconds. */
  at: number;
  /** Media seconds. */
  position: number;
  bufferEnd: number;
}

export type LatencyDecision =
  /** `rate` 0: wait, the buffer has to grow first. */
  { kind: 'rate'; rate: number } | { kind: 'seek'; position: number };

/**
 * Keeps the playhead as near to the live edge as this viewer's network bears. The playhead lags
 * the wall by `at - position`; a part that comes `lateness` late leaves `lag - lateness` in the
 * buffer, so the lag aimed at is the usual lateness, its measured spread and a margin.
 */
export class LatencyController {
  readonly #arrivals = new Arrivals();
  #extra: number = EXTRA.start;
  #extraAt: number | null = null;
  #rate = 1;
  #rateAt = Number.NEGATIVE_INFINITY;
  #holdSince: number | null = null;
  #brinkSince: number | null = null;
  #joinedAt: number | null = null;

  /** The buffer grew from `endBefore` to `endAfter`. */
  appended(arrival: { at: number; endBefore: number; endAfter: number }): void {
    this.#arrivals.add(arrival);
  }

  /** The playhead ran into the end of the buffer. */
  stalled(at: number): void {
    this.#extra = Math.min(this.#decayedExtra(at) + EXTRA.afterStall, EXTRA.max);
    this.#extraAt = at;
    this.#holdSince = at;
  }

  /** The media timeline changed: what was learned of arrivals no longer fits it. */
  timelineChanged(): void {
    this.#arrivals.reset();
  }

  /** Seconds the playhead should lag; null until arrivals are known. */
  targetLag(at: number): number | null {
    const usual = this.#arrivals.usual(at);
    return usual === null ? null : usual + this.floor(at);
  }

  /** Seconds that should be left in the buffer just before a usual part comes. */
  floor(at: number): number {
    const spread = this.#arrivals.spread(at);
    const over = Math.max(0, spread - ROUGH.fromSpread);
    const rough = Math.min(1, over / (ROUGH.fullSpread - ROUGH.fromSpread)) * ROUGH.floor;
    const borne = MARGIN_SECONDS + spread + over * (ROUGH.factor - 1);
    const floor = Math.max(MIN_FLOOR_SECONDS, borne, rough);
    return floor + this.#decayedExtra(at);
  }

  decide(view: PlayheadView): LatencyDecision {
    const target = this.targetLag(view.at);
    const behind = target === null ? null : view.at - view.position - target;
    if (this.#atBrink(view) || this.#mustHold(view, behind)) {
      return this.#setRate(view.at, 0);
    }
    if (behind === null) {
      return this.#setRate(view.at, 1);
    }
    this.#joinedAt ??= view.at;
    const joining = view.at - this.#joinedAt < JOINING_SECONDS;
    const buffered = view.position + behind <= view.bufferEnd - SEEK_LEAVES_SECONDS;
    const later = buffered ? SEEK_SECONDS.buffered : SEEK_SECONDS.later;
    if (behind > (joining ? SEEK_SECONDS.joining : later)) {
      return { kind: 'seek', position: view.position + behind };
    }
    if (this.#rate !== 0 && view.at - this.#rateAt < RATE_INTERVAL_SECONDS) {
      return { kind: 'rate', rate: this.#rate };
    }
    return this.#setRate(view.at, this.#rateFor(behind));
  }

  #rateFor(behind: number): number {
    const calm = this.#rate === 1 ? DEAD_BAND.wake : DEAD_BAND.sleep;
    if (Math.abs(behind) < calm) {
      return 1;
    }
    const wished = Math.min(RATE.max, Math.max(RATE.min, 1 + behind * RATE.gain));
    return Math.round(wished / RATE.step) * RATE.step;
  }

  #atBrink({ at, position, bufferEnd }: PlayheadView): boolean {
    const joined = this.#joinedAt !== null && at - this.#joinedAt > JOINING_SECONDS;
    if (!joined || bufferEnd - position > BRINK_SECONDS) {
      this.#brinkSince = null;
      return false;
    }
    this.#brinkSince ??= at;
    const seconds = at - this.#brinkSince;
    if (seconds > BRINK_STALL_SECONDS && this.#holdSince === null) {
      this.stalled(this.#brinkSince);
    }
    return seconds <= MAX_DRY_SECONDS;
  }

  #mustHold(view: PlayheadView, behind: number | null): boolean {
    if (this.#holdSince === null) {
      return false;
    }
    const ahead = view.bufferEnd - view.position;
    const heldSeconds = view.at - this.#holdSince;
    if (ahead <= EMPTY_SECONDS) {
      return ahead < 0 && heldSeconds <= MAX_DRY_SECONDS;
    }
    const over = heldSeconds > MAX_HOLD_SECONDS;
    const enough = behind === null ? ahead >= BLIND_BUFFER_SECONDS : over || behind >= 0;
    if (enough) {
      this.#holdSince = null;
    }
    return !enough;
  }

  #setRate(at: number, rate: number): LatencyDecision {
    this.#rate = rate;
    this.#rateAt = at;
    return { kind: 'rate', rate };
  }

  #decayedExtra(at: number): number {
    this.#extraAt ??= at;
    return this.#extra * 0.5 ** ((at - this.#extraAt) / EXTRA.halfLifeSeconds);
  }
}
