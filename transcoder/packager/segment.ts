import type { Slot } from './timeline.ts';

export interface Part {
  /** Counts the parts of the rendition, over segments and runs: the next one's name is always known. */
  number: number;
  durationMs: number;
  /** Media ms of its first sample. */
  startMs: number;
  independent: boolean;
  bytes: Buffer;
  /** Of its first sample: a keyframe's, where it begins a segment. */
  firstSample: { bytes: number; durationMs: number };
}

export interface Segment {
  slot: Slot;
  /** Number of its init segment. */
  init: number;
  /** Media ms of its first sample. */
  startMs: number;
  /** EXTINF, ms; what is there so far while it is not complete. */
  durationMs: number;
  complete: boolean;
  /** PART-TARGET of its run, ms. */
  partTargetMs: number;
  /** No media: this rendition had none for the time. */
  gap: boolean;
  independent: boolean;
  /** Parts with their bytes; emptied once the segment left memory. */
  parts: Part[];
  partCount: number;
  bytes: number;
  /** The store has a copy. */
  stored: boolean;
}

/** A segment of this rendition before its first part. */
export function emptySegment(slot: Slot): Segment {
  return {
    slot,
    init: 0,
    startMs: slot.startMs,
    durationMs: 0,
    partTargetMs: 0,
    complete: false,
    gap: false,
    independent: false,
    parts: [],
    partCount: 0,
    bytes: 0,
    stored: false,
  };
}
