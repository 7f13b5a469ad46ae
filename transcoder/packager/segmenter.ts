import type { Timeline } from './timeline.ts';
import type { Sample } from './track.ts';

/** What a segmenter tells about the samples it lets through. */
export interface SegmentSink {
  /** The samples that follow belong to this segment of the timeline. */
  begin(msn: number, first: Sample): void;
  add(sample: Sample): void;
}

export interface SegmenterOptions {
  timeline: Timeline;
  sink: SegmentSink;
  kind: 'video' | 'audio';
  /** Ticks a second. */
  timescale: number;
  /** Frames before this media time are dropped. */
  startAtMs: number;
  frameTicks(): number;
  /** Wall ms. */
  now(): number;
}

/** How long before a segment has to end without a keyframe that is told. */
const FOREWARNING_MS = 300;

/** Decides for the whole stream where segments begin, by its keyframes; without video by time. */
export class MasterSegmenter {
  readonly #options: SegmenterOptions;
  readonly #onLongKeyframes: (seconds: number) => boolean;
  #started = false;
  #keyframeMs = Number.NEGATIVE_INFINITY;
  /** Where its own samples of the segment begin. */
  #beganMs = 0;
  #gopMs = 0;
  #warned = false;
  #stopped = false;
  #msn = -1;

  constructor(
    options: SegmenterOptions & {
      /**
       * Keyframes are further apart than a segment may last: called once.
       * @returns the run is about to be replaced: nothing more of it is taken
       */
      onLongKeyframes(seconds: number): boolean;
    },
  ) {
    this.#options = options;
    this.#onLongKeyframes = options.onLongKeyframes;
  }

  push(sample: Sample): void {
    const { timeline, timescale, startAtMs, sink } = this.#options;
    const timeMs = (sample.time * 1000) / timescale;
    const frameMs = (this.#options.frameTicks() * 1000) / timescale;
    if (!this.#started && (timeMs < startAtMs - frameMs / 2 || !sample.keyframe)) return;
    if (this.#stopped || this.#stops(sample, timeMs)) return;
    timeline.advance(timeMs);
    timeline.arrived(timeMs, this.#options.now());
    const shownMs = timeMs + this.#leadingMs(sample, frameMs);
    const begins = this.#isBoundary(sample, { timeMs, shownMs, frameMs });
    this.#started = true;
    const slot = begins ? timeline.open(shownMs) : timeline.current;
    // Others may have gone on while the master had stalled.
    if (slot !== null && slot.msn !== this.#msn) {
      this.#msn = slot.msn;
      this.#beganMs = timeMs;
      sink.begin(slot.msn, sample);
    }
    sink.add(sample);
  }

  /**
   * In an open group of pictures some follow the keyframe that are shown before it. Those who join
   * there cannot decode them, and in other renditions they are the end of the segment before.
   */
  #leadingMs({ keyframe, composition }: Sample, frameMs: number): number {
    const leadingMs = (composition * 1000) / this.#options.timescale;
    return this.#options.kind === 'video' && keyframe && leadingMs > frameMs / 2 ? leadingMs : 0;
  }

  /** No keyframe comes in time: is the run replaced rather than cut without one? */
  #stops({ keyframe }: Sample, timeMs: number): boolean {
    const { timeline, kind } = this.#options;
    if (this.#warned || !this.#started || kind === 'audio' || keyframe) return false;
    const sinceKeyframe = timeMs - this.#keyframeMs;
    const elapsed = Math.max(sinceKeyframe, timeMs - this.#beganMs);
    if (elapsed <= timeline.longestMs - FOREWARNING_MS) return false;
    this.#warned = true;
    this.#stopped = this.#onLongKeyframes(Math.round(sinceKeyframe / 100) / 10);
    return this.#stopped;
  }

  #isBoundary(
    sample: Sample,
    { timeMs, shownMs, frameMs }: { timeMs: number; shownMs: number; frameMs: number },
  ): boolean {
    const { timeline, kind } = this.#options;
    if (kind === 'video' && sample.keyframe) {
      if (this.#started) this.#gopMs = timeMs - this.#keyframeMs;
      this.#keyframeMs = timeMs;
    }
    if (!this.#started) return true;
    if (kind === 'audio')
      return timeline.isBoundary({ timeMs: timeMs + frameMs / 2, keyframe: true, gopMs: 0 });
    const { keyframe } = sample;
    if (timeline.isBoundary({ timeMs: shownMs, keyframe, gopMs: this.#gopMs })) return true;
    const slot = timeline.current;
    // Its own samples may have begun before the segment's time.
    const early = slot?.msn === this.#msn ? Math.max(0, slot.startMs - this.#beganMs) : 0;
    return timeline.mustCut(timeMs + early, frameMs);
  }

  /** Nothing is held back here. */
  drain(): void {}
  flush(_untilMs: number): void {}
}

/** How long a follower waits for a master that has stalled. */
const MAX_WAIT_MS = 1000;
/** How long it waits for the master's first frame. */
const MAX_START_WAIT_MS = 3000;
const MAX_HELD = 2000;

/** Cuts where the timeline says, and holds samples back until it is known whether it will. */
export class FollowerSegmenter {
  readonly #options: SegmenterOptions;
  readonly #held: { sample: Sample; at: number }[] = [];
  #msn = -1;

  constructor(options: SegmenterOptions) {
    this.#options = options;
  }

  push(sample: Sample): void {
    this.#held.push({ sample, at: this.#options.now() });
    this.drain();
  }

  /** Lets out what the timeline has decided on by now. */
  drain(): void {
    let count = 0;
    for (const { sample, at } of this.#held) {
      if (!this.#isDecided(sample, at)) break;
      count++;
      this.#place(sample);
    }
    if (count > 0) this.#held.splice(0, count);
  }

  /** The run is over: nothing more will be decided. @param untilMs what is later is dropped */
  flush(untilMs: number): void {
    for (const { sample } of this.#held.splice(0)) {
      if (this.#ms(sample.time) < untilMs) this.#place(sample);
    }
  }

  #ms(ticks: number): number {
    return (ticks * 1000) / this.#options.timescale;
  }

  #isDecided(sample: Sample, arrivedAt: number): boolean {
    const { timeline, frameTicks, now } = this.#options;
    const timeMs = this.#ms(sample.time);
    const frameMs = this.#ms(frameTicks());
    if (timeline.isDecided(timeMs - frameMs / 2)) return true;
    const limit = timeline.current === null ? MAX_START_WAIT_MS : MAX_WAIT_MS;
    if (now() - arrivedAt < limit && this.#held.length < MAX_HELD) return false;
    this.#lead(timeMs, frameMs);
    return true;
  }

  /** The master has stalled: segments go on beginning all the same. */
  #lead(timeMs: number, frameMs: number): void {
    const { timeline, kind, startAtMs } = this.#options;
    if (timeline.current === null) {
      if (kind === 'audio' && timeMs >= startAtMs) timeline.open(timeMs);
    } else if (timeline.mustCut(timeMs, frameMs)) timeline.open(timeMs);
  }

  #place(sample: Sample): void {
    const { timeline, sink, kind, frameTicks } = this.#options;
    const slot = timeline.slotAt(this.#ms(sample.time + frameTicks() / 2));
    // Before the run's first segment, or in the middle of a group of pictures.
    if (slot === null) return;
    if (this.#msn === -1 && kind === 'video' && !sample.keyframe) return;
    if (slot.msn !== this.#msn) {
      this.#msn = slot.msn;
      sink.begin(slot.msn, sample);
    }
    sink.add(sample);
  }
}
