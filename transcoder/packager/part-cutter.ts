import type { Sample } from './track.ts';

export interface CutPart {
  samples: Sample[];
  /** Ticks at which the part's last sample ends. */
  end: number;
}

/**
 * Groups samples into parts that never exceed the target. A part is let out with its last frame, as
 * soon as the frame to come cannot fit any more; nothing waits for that frame.
 */
export class PartCutter {
  readonly #target: number;
  readonly #longestHole: number;
  readonly #onPart: (part: CutPart) => void;
  #samples: Sample[] = [];
  /** Of the part that was let out last. */
  #end = Number.NEGATIVE_INFINITY;

  /**
   * @param options.targetTicks PART-TARGET
   * @param options.longestHoleTicks up to which frames that are missing are bridged; 0: never
   */
  constructor(options: {
    targetTicks: number;
    longestHoleTicks?: number;
    onPart: (part: CutPart) => void;
  }) {
    this.#target = options.targetTicks;
    this.#longestHole = options.longestHoleTicks ?? 0;
    this.#onPart = options.onPart;
  }

  push(arrived: Sample, frameTicks: number): void {
    // Timestamps are whole milliseconds at best, and captured frames come a little early or late.
    const limit = this.#target + frameTicks / 4;
    const first = this.#samples[0];
    if (first !== undefined && arrived.time + frameTicks - first.time > limit)
      this.flush(arrived.time);
    const sample = this.#bridges(arrived.time, frameTicks)
      ? decodedAt(arrived, this.#end)
      : this.#decodable(arrived);
    this.#samples.push(sample);
    const start = this.#samples[0]?.time ?? sample.time;
    if (sample.time + 2 * frameTicks - start > limit) this.flush(sample.time + frameTicks);
  }

  /** A frame that came early is decoded after the one before it all the same, and shown when it says. */
  #decodable(sample: Sample): Sample {
    const earliest = (this.#samples.at(-1)?.time ?? this.#end - 1) + 1;
    return sample.time >= earliest ? sample : decodedAt(sample, earliest);
  }

  /**
   * Is there a hole before this time that would part the decode timeline? Browsers drop all frames after
   * one until the next keyframe. The frame after it is decoded at its beginning and shown when it
   * says; the frames that follow make up for it, a part each.
   */
  #bridges(time: number, frameTicks: number): boolean {
    const hole = time - this.#end;
    return this.#samples.length === 0 && hole > frameTicks / 2 && hole <= this.#longestHole;
  }

  /** Before a keyframe that begins a segment: the hole is filled with that picture, in whole parts. */
  fillWith(keyframe: Sample, frameTicks: number): void {
    while (this.#bridges(keyframe.time, frameTicks)) {
      this.#samples.push({ ...keyframe, time: this.#end });
      this.flush(keyframe.time);
    }
  }

  /** A hole that is left before this time stays one. */
  leap(time: number): void {
    this.#end = Math.max(this.#end, time);
  }

  /** Ticks at which the last frame ends if it lasts as long as any; 0 when there is none. */
  nominalEnd(frameTicks: number): number {
    const last = this.#samples.at(-1);
    return last === undefined ? 0 : last.time + frameTicks;
  }

  /** Lets out what is there. @param end ticks at which its last frame ends, if that is within the target */
  flush(end: number): void {
    const start = this.#samples[0]?.time;
    if (start === undefined) return;
    const samples = this.#samples;
    this.#samples = [];
    const last = samples.at(-1)?.time ?? start;
    this.#end = Math.max(last + 1, Math.round(Math.min(end, start + this.#target)));
    this.#onPart({ samples, end: this.#end });
  }
}

const decodedAt = (sample: Sample, time: number): Sample => ({
  ...sample,
  time,
  composition: sample.composition + sample.time - time,
});
