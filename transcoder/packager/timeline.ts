import { WallBase } from './wall-base.ts';

/** One segment's place in the stream, the same in every rendition. */
export interface Slot {
  /** Media sequence number. */
  msn: number;
  /** Media ms. */
  startMs: number;
  /** Null while it is the newest. */
  endMs: number | null;
  /** Discontinuity sequence number. */
  discontinuity: number;
  /** Wall ms at media time 0. */
  wallBaseMs: number;
}

export interface SegmentLengths {
  /** The aim, ms. */
  segmentMs: number;
  /** TARGETDURATION, whole seconds. */
  targetDuration: number;
}

/** EXT-X-TARGETDURATION for an aimed segment length: it never changes over a stream. */
export function targetDurationOf(segmentMs: number): number {
  return Math.max(4, Math.ceil(segmentMs / 1000));
}

/** EXTINF is rounded to whole seconds before it is compared with TARGETDURATION. */
const ROUNDING_MS = 490;
/** Not 0: a player may need a number before the first segment's. */
export const FIRST_MSN = 1;
const SLOTS_KEPT = 600;
const MAX_HOLE_SEGMENTS = 20;

/**
 * Where segments begin, decided by the master rendition and followed by all others, so that a
 * media sequence number means the same time everywhere.
 */
export class Timeline {
  readonly #lengths: SegmentLengths;
  readonly #slots: Slot[] = [];
  #wallBase = new WallBase(0);
  #runStartsAt = 0;
  #inRun = false;
  /** Media time up to which the master has been seen. */
  #masterMs = Number.NEGATIVE_INFINITY;

  constructor(lengths: SegmentLengths) {
    this.#lengths = lengths;
  }

  /** A new run: its first segment is a discontinuity. */
  beginRun(wallBaseMs: number): void {
    this.#wallBase = new WallBase(wallBaseMs);
    this.#inRun = false;
    this.#masterMs = Number.NEGATIVE_INFINITY;
  }

  /** @param endMs where the run's media ends */
  endRun(endMs: number): void {
    const last = this.#slots.at(-1);
    if (last !== undefined && last.endMs === null) last.endMs = Math.max(endMs, last.startMs + 1);
    this.#inRun = false;
  }

  /** The run's newest segment; null before its first. */
  get current(): Slot | null {
    return this.#inRun ? (this.#slots.at(-1) ?? null) : null;
  }

  /** Where the run's first segment starts. */
  get runStartMs(): number {
    return this.#runStartsAt;
  }

  get lastMsn(): number {
    return this.#slots.at(-1)?.msn ?? FIRST_MSN - 1;
  }

  open(startMs: number): Slot {
    const last = this.#slots.at(-1);
    if (last !== undefined && last.endMs === null) last.endMs = startMs;
    const begins = last !== undefined && !this.#inRun;
    if (!this.#inRun) this.#runStartsAt = startMs;
    // Dates never go back, whatever the clocks of two runs say.
    if (begins) {
      const endedAt = last.wallBaseMs + (last.endMs ?? last.startMs);
      this.#wallBase.atLeast(endedAt - startMs);
    }
    if (this.#inRun) this.#wallBase.next();
    this.#inRun = true;
    const slot: Slot = {
      msn: this.lastMsn + 1,
      startMs,
      endMs: null,
      discontinuity: (last?.discontinuity ?? 0) + (begins ? 1 : 0),
      wallBaseMs: this.#wallBase.baseMs,
    };
    this.#slots.push(slot);
    if (this.#slots.length > SLOTS_KEPT) this.#slots.shift();
    return slot;
  }

  /** A frame of the master came in. @param now wall ms */
  arrived(masterMs: number, now: number): void {
    this.#wallBase.arrived(masterMs, now);
  }

  /**
   * The master has come as far as this. After a hole in it, segments without media lie between; after
   * one of more than MAX_HOLE_SEGMENTS time leaps.
   */
  advance(masterMs: number): void {
    this.#masterMs = masterMs;
    const last = this.current;
    if (last === null || masterMs - last.startMs <= this.longestMs) return;
    const missing = Math.floor((masterMs - last.startMs) / this.longestMs);
    if (missing > MAX_HOLE_SEGMENTS) last.endMs = last.startMs + this.longestMs;
    else {
      for (let count = 1; count <= missing; count++)
        this.open(last.startMs + count * this.longestMs);
    }
    if (this.current?.startMs !== masterMs) this.open(masterMs);
  }

  /** The run's segment that holds this time; null before the run's first. */
  slotAt(timeMs: number): Slot | null {
    if (!this.#inRun) return null;
    for (let index = this.#slots.length - 1; index >= 0; index--) {
      const slot = this.#slots[index];
      if (slot === undefined || slot.startMs < this.#runStartsAt) break;
      if (slot.startMs <= timeMs) return slot;
    }
    return null;
  }

  /** True when no segment can begin at or before this time any more but those that are there. */
  isDecided(timeMs: number): boolean {
    const current = this.current;
    if (current === null) return false;
    return timeMs <= this.#masterMs || timeMs < current.startMs + this.#lengths.segmentMs / 2;
  }

  slot(msn: number): Slot | null {
    const first = this.#slots[0]?.msn ?? 0;
    return this.#slots[msn - first] ?? null;
  }

  /** Segments after `msn`, oldest first, up to but without `before`. */
  between(msn: number, before: number): Slot[] {
    return this.#slots.filter((slot) => slot.msn > msn && slot.msn < before);
  }

  /** Is this the moment to end the current segment? `gopMs`: the last distance between keyframes. */
  isBoundary(frame: { timeMs: number; keyframe: boolean; gopMs: number }): boolean {
    const current = this.current;
    if (current === null) return frame.keyframe;
    const { segmentMs } = this.#lengths;
    const elapsed = frame.timeMs - current.startMs;
    if (!frame.keyframe) return false;
    if (elapsed >= segmentMs - Math.max(50, segmentMs / 20)) return true;
    return elapsed >= segmentMs / 2 && elapsed + frame.gopMs > this.longestMs;
  }

  /** What a segment may last at most, ms. */
  get longestMs(): number {
    return this.#lengths.targetDuration * 1000 + ROUNDING_MS;
  }

  /** No keyframe came: the segment has to end all the same before this frame. */
  mustCut(timeMs: number, frameMs: number): boolean {
    const current = this.current;
    return current !== null && timeMs + frameMs - current.startMs > this.longestMs;
  }
}
