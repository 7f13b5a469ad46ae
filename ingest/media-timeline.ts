export type Track = 'audio' | 'video';

/** A gap or step of the encoder's timestamps beyond this is a jump. */
const JUMP_MS = 1000;
/** Two tracks that jump together land this near each other. */
const TOGETHER_MS = 1500;
/** Between the last frame before a jump and the first after it. */
const STEP_MS = 20;
/** How long the smallest lateness seen stands as the measure of the later ones. */
const BASELINE_MS = 30_000;

interface TrackClock {
  /** Encoder's time without the wrap at 32 bits. */
  raw: number;
  /** Added to `raw` it is media time. */
  offset: number;
  mediaMs: number;
}

/**
 * Turns an encoder's 32-bit timestamps into media time, which never goes back and keeps step with
 * the wall clock over wraps and jumps. A jump moves both tracks by the same amount when both jump.
 */
export class MediaTimeline {
  readonly #tracks: { audio: TrackClock | null; video: TrackClock | null } = {
    audio: null,
    video: null,
  };
  readonly #firstMediaMs: number;
  #offset: number | null = null;
  #lastMs: number;
  #firstAt = 0;
  #bestLateness = 0;
  #nextBestLateness = Number.POSITIVE_INFINITY;
  #baselineSince = 0;
  /** The last call of `place` found a jump. */
  jumped = false;
  /** How far the last frame is behind the most punctual ones, ms. */
  latenessMs = 0;

  /** @param firstMediaMs media time of the first frame */
  constructor(firstMediaMs: number) {
    this.#firstMediaMs = firstMediaMs;
    this.#lastMs = firstMediaMs;
  }

  /** Newest media time given out. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Media time, ms, of a frame of `track` that arrived at wall time `now`. */
  place(track: Track, timestamp: number, now: number): number {
    this.jumped = false;
    this.#offset ??= this.#begin(timestamp, now);
    const clock = this.#tracks[track];
    if (clock === null) return this.#placeFirst(track, timestamp);
    const delta = (timestamp - clock.raw) | 0;
    clock.raw += delta;
    let mediaMs = clock.raw + clock.offset;
    if (delta < -JUMP_MS || (delta > JUMP_MS && this.#isAhead(mediaMs, now))) {
      mediaMs = this.#jump(clock, now);
    }
    clock.mediaMs = Math.max(mediaMs, clock.mediaMs + 1);
    this.#lastMs = Math.max(this.#lastMs, clock.mediaMs);
    this.#measureLateness(clock.mediaMs, now);
    return clock.mediaMs;
  }

  #begin(timestamp: number, now: number): number {
    this.#firstAt = now;
    this.#baselineSince = now;
    return this.#firstMediaMs - timestamp;
  }

  #placeFirst(track: Track, timestamp: number): number {
    const offset = this.#offset ?? 0;
    // Unwrapped beside the other track, which came first.
    const other = this.#tracks[track === 'audio' ? 'video' : 'audio'];
    const raw = other === null ? timestamp : other.raw + ((timestamp - other.raw) | 0);
    const apart = raw + offset - this.#lastMs;
    const clock = { raw, offset, mediaMs: 0 };
    if (Math.abs(apart) > 10 * JUMP_MS) clock.offset = this.#lastMs - raw;
    clock.mediaMs = Math.max(raw + clock.offset, this.#firstMediaMs);
    this.#tracks[track] = clock;
    this.#lastMs = Math.max(this.#lastMs, clock.mediaMs);
    return clock.mediaMs;
  }

  #latenessOf(mediaMs: number, now: number): number {
    return now - this.#firstAt - (mediaMs - this.#firstMediaMs);
  }

  /** Further ahead of the wall clock than frames were lately: not a gap that dropped frames left. */
  #isAhead(mediaMs: number, now: number): boolean {
    return this.#latenessOf(mediaMs, now) < this.#bestLateness - JUMP_MS;
  }

  #jump(clock: TrackClock, now: number): number {
    this.jumped = true;
    const joined = clock.raw + (this.#offset ?? 0);
    if (this.#offset !== clock.offset && Math.abs(joined - this.#lastMs) < TOGETHER_MS) {
      clock.offset = this.#offset ?? 0;
      return joined;
    }
    const punctual = this.#firstMediaMs + (now - this.#firstAt) - this.#bestLateness;
    const mediaMs = Math.round(Math.max(this.#lastMs + STEP_MS, punctual));
    clock.offset = mediaMs - clock.raw;
    this.#offset = clock.offset;
    return mediaMs;
  }

  #measureLateness(mediaMs: number, now: number): void {
    const lateness = this.#latenessOf(mediaMs, now);
    this.#nextBestLateness = Math.min(this.#nextBestLateness, lateness);
    if (lateness < this.#bestLateness) this.#bestLateness = lateness;
    if (now - this.#baselineSince > BASELINE_MS) {
      this.#bestLateness = this.#nextBestLateness;
      this.#nextBestLateness = Number.POSITIVE_INFINITY;
      this.#baselineSince = now;
    }
    this.latenessMs = lateness - this.#bestLateness;
  }
}
