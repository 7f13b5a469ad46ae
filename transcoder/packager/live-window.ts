import { emptySegment, type Part, type Segment } from './segment.ts';
import type { Slot } from './timeline.ts';

export interface WindowLengths {
  targetDuration: number;
  /** How much a playlist lists, ms. */
  windowMs: number;
  /** Number of the first part: names of an earlier life of this rendition are never used again. */
  firstPart?: number;
}

/** Six target durations have to be skippable, and a minute is what a viewer goes back. */
export function windowMsOf(targetDuration: number): number {
  return Math.max(60_000, targetDuration * 10_000);
}

/** What one rendition advertises, and what it still has in memory beyond that. */
export class LiveWindow {
  readonly #lengths: WindowLengths;
  readonly #segments: Segment[] = [];
  /** Left the playlist, still in memory because no store has them. */
  readonly #orphans: Segment[] = [];
  #nextPart: number;
  #firstDiscontinuity = 0;
  #removedDiscontinuities = 0;

  constructor(lengths: WindowLengths) {
    this.#lengths = lengths;
    this.#nextPart = lengths.firstPart ?? 0;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** The newest segment, open or complete. */
  get last(): Segment | null {
    return this.#segments.at(-1) ?? null;
  }

  get open(): Segment | null {
    const last = this.last;
    return last !== null && !last.complete ? last : null;
  }

  get lastCompleteMsn(): number | null {
    const last = this.last;
    if (last === null) return null;
    return last.complete ? last.slot.msn : last.slot.msn - 1;
  }

  get hasParts(): boolean {
    return this.#nextPart > (this.#lengths.firstPart ?? 0);
  }

  get nextPartNumber(): number {
    return this.#nextPart;
  }

  /** Media ms at which the published media ends. */
  get endMs(): number | null {
    const last = this.last;
    return last === null ? null : last.startMs + last.durationMs;
  }

  /** Media ms at which the newest part ends: gaps between parts included. */
  get mediaEndMs(): number | null {
    const part = this.last?.parts.at(-1);
    return part === undefined ? this.endMs : part.startMs + part.durationMs;
  }

  /** EXT-X-DISCONTINUITY-SEQUENCE. */
  get discontinuitySequence(): number {
    const first = this.#segments[0];
    if (first === undefined) return this.#firstDiscontinuity;
    return first.slot.discontinuity - (this.isDiscontinuity(first) ? 1 : 0);
  }

  /** Does an EXT-X-DISCONTINUITY stand before this segment? */
  isDiscontinuity(segment: Segment): boolean {
    return segment.slot.discontinuity > this.#discontinuityBefore(segment);
  }

  #discontinuityBefore(segment: Segment): number {
    const index = this.#segments.indexOf(segment);
    const before = this.#segments[index - 1];
    return before === undefined ? this.#removedDiscontinuities : before.slot.discontinuity;
  }

  openSegment(
    slot: Slot,
    options: Pick<Segment, 'init' | 'startMs' | 'independent' | 'partTargetMs'>,
  ): void {
    this.#add({ ...emptySegment(slot), ...options });
  }

  /** A segment that this rendition has nothing of; its times are the timeline's. */
  addGap(slot: Slot, init: number): void {
    const durationMs = (slot.endMs ?? slot.startMs + 1) - slot.startMs;
    this.#add({ ...emptySegment(slot), init, durationMs, complete: true, gap: true, stored: true });
  }

  #add(segment: Segment): void {
    if (this.#segments.length === 0) {
      this.#firstDiscontinuity = segment.slot.discontinuity;
      this.#removedDiscontinuities = segment.slot.discontinuity;
    }
    this.#segments.push(segment);
  }

  addPart(part: Omit<Part, 'number'>): Part {
    const segment = this.open;
    if (segment === null) throw new Error('a part needs an open segment');
    const numbered = { ...part, number: this.#nextPart++ };
    segment.parts.push(numbered);
    segment.partCount++;
    segment.durationMs += part.durationMs;
    segment.bytes += part.bytes.length;
    return numbered;
  }

  /**
   * @param endMs media ms at which the next segment starts, or the run's media ends
   * @returns the segment, and those that left the playlist for it
   */
  closeSegment(endMs: number): { closed: Segment; removed: Segment[] } | null {
    const closed = this.open;
    if (closed === null) return null;
    closed.complete = true;
    closed.durationMs = Math.max(1, endMs - closed.startMs);
    const removed = this.#trimPlaylist();
    this.#trimMemory();
    return { closed, removed };
  }

  #trimPlaylist(): Segment[] {
    const { windowMs } = this.#lengths;
    const removed: Segment[] = [];
    let total = this.#segments.reduce((sum, segment) => sum + segment.durationMs, 0);
    for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
      if (total - first.durationMs < windowMs) break;
      total -= first.durationMs;
      this.#removedDiscontinuities = first.slot.discontinuity;
      this.#segments.shift();
      removed.push(first);
      if (!first.stored) this.#orphans.push(first);
    }
    return removed;
  }

  /** Bytes stay for six target durations, or as long as no store has them. */
  #trimMemory(): void {
    const { windowMs, targetDuration } = this.#lengths;
    const fromEnd = this.distances();
    this.#segments.forEach((segment, index) => {
      const old = (fromEnd[index] ?? 0) >= 6 * targetDuration * 1000;
      if (old && segment.stored) segment.parts = [];
    });
    const orphansMs = windowMs + 3 * targetDuration * 1000;
    let age = (fromEnd[0] ?? 0) + (this.#segments[0]?.durationMs ?? 0);
    for (let index = this.#orphans.length - 1; index >= 0; index--) {
      const orphan = this.#orphans[index];
      if (orphan === undefined || orphan.stored || age >= orphansMs) this.#orphans.splice(index, 1);
      age += orphan?.durationMs ?? 0;
    }
  }

  /** For each segment, ms from its end to the end of the playlist, as its listed durations say. */
  distances(): number[] {
    const found: number[] = [];
    let distance = 0;
    for (let index = this.#segments.length - 1; index >= 0; index--) {
      found[index] = distance;
      distance += this.#segments[index]?.durationMs ?? 0;
    }
    return found;
  }

  /** Are parts listed that far from the end? For three target durations. */
  listsParts(distanceMs: number): boolean {
    return distanceMs < 3 * this.#lengths.targetDuration * 1000;
  }

  /** The longest PART-TARGET of all parts that are listed. */
  get partTargetMs(): number {
    const fromEnd = this.distances();
    const listed = this.#segments.filter((_, index) => this.listsParts(fromEnd[index] ?? 0));
    return Math.max(0, ...listed.map((segment) => segment.partTargetMs));
  }

  segment(msn: number): Segment | null {
    const first = this.#segments[0]?.slot.msn ?? 0;
    const listed = this.#segments[msn - first];
    if (listed?.slot.msn === msn) return listed;
    return this.#orphans.find((segment) => segment.slot.msn === msn) ?? null;
  }

  part(number: number): Part | null {
    for (let index = this.#segments.length - 1; index >= 0; index--) {
      const parts = this.#segments[index]?.parts ?? [];
      const first = parts[0]?.number;
      if (first !== undefined && number >= first) return parts[number - first] ?? null;
    }
    return null;
  }

  /** Has the playlist come as far as a request for this segment, or part of it, waits for? */
  has(msn: number, part: number | null): boolean {
    const last = this.last;
    if (last === null || last.slot.msn < msn) return false;
    if (last.slot.msn > msn + 1) return true;
    if (part === null) return last.slot.msn > msn || last.complete;
    if (last.slot.msn === msn) return last.partCount > part;
    const asked = this.segment(msn);
    // Past the segment's end means part 0 of the next one.
    return asked === null || part < asked.partCount || last.partCount > 0 || last.complete;
  }
}
