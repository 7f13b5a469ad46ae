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
  readonly #jitter: number;
  readonly #onPart: (part: CutPart) => void;
  #samples: Sample[] = [];

  /** @param options.targetTicks PART-TARGET; `jitterTicks` by how much frames may be off their grid */
  constructor(options: {
    targetTicks: number;
    jitterTicks: number;
    onPart: (part: CutPart) => void;
  }) {
    this.#target = options.targetTicks;
    this.#jitter = options.jitterTicks;
    this.#onPart = options.onPart;
  }

  push(sample: Sample, frameTicks: number): void {
    const jitter = Math.min(this.#jitter, frameTicks / 4);
    const limit = this.#target + jitter;
    const first = this.#samples[0];
    if (first !== undefined && sample.time + frameTicks - first.time > limit)
      this.flush(sample.time);
    this.#samples.push(sample);
    const start = this.#samples[0]?.time ?? sample.time;
    if (sample.time + 2 * frameTicks - start > limit) this.flush(sample.time + frameTicks);
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
    this.#onPart({ samples, end: Math.round(Math.min(end, start + this.#target)) });
  }
}
