/** What dates may move by at a segment: unheard of by players, and more than clocks drift. */
const SLEW_MS = 1;
/**
 * By so much dates may be off. hls.js places playlists by their dates and segments by their durations:
 * each step between the two puts its parts off what is in its buffer, and it may load none at all.
 */
const CALM_MS = 40;
/** From here on the source has fallen behind real time, and dates leap after it. */
const LEAP_MS = 200;
/** Segments whose arrival is looked at: a network that stalls for one of them moves no date. */
const SEGMENTS_SEEN = 2;
/** What the way from the encoder's arrival to here may take. */
const MAX_TRANSIT_MS = 1000;

/**
 * Wall ms at media time 0 of one run. The encoder's clock is not ours, and one that is slower than
 * real time falls behind for good; the least time by which arrival trails media time tells how much.
 */
export class WallBase {
  #baseMs: number;
  /** Least arrival minus media time within the open segment, and of those before it. */
  #leastMs = Number.POSITIVE_INFINITY;
  readonly #before: number[] = [];
  #transitMs: number | null = null;

  /** @param baseMs as the source says it */
  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  get baseMs(): number {
    return this.#baseMs;
  }

  /** Dates never go back over runs, whatever their clocks say. */
  atLeast(baseMs: number): void {
    this.#baseMs = Math.max(this.#baseMs, baseMs);
  }

  /** A frame of the master came in. @param now wall ms */
  arrived(mediaMs: number, now: number): void {
    this.#leastMs = Math.min(this.#leastMs, now - mediaMs);
  }

  /** A segment begins: sets right what the ones before it told. */
  next(): void {
    if (this.#leastMs === Number.POSITIVE_INFINITY) return;
    this.#before.push(this.#leastMs);
    this.#leastMs = Number.POSITIVE_INFINITY;
    if (this.#before.length < SEGMENTS_SEEN) return;
    const trailing = Math.min(...this.#before) - this.#baseMs;
    this.#before.shift();
    this.#transitMs ??= Math.min(MAX_TRANSIT_MS, Math.max(0, trailing));
    const off = trailing - this.#transitMs;
    if (off >= LEAP_MS) this.#baseMs += off;
    else if (Math.abs(off) > CALM_MS) this.#baseMs += Math.sign(off) * SLEW_MS;
  }
}
