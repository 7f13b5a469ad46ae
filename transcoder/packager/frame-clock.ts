import type { Frame, Sample } from './track.ts';

/** Places the frames of one track on its time scale. */
export interface FrameClock {
  /** The samples that this frame lets out, in decode order. */
  push(frame: Frame): Sample[];
  /** What was held back, when no more frames come. */
  flush(): Sample[];
  /** Nominal ticks of one frame; null while it is not known. */
  readonly frameTicks: number | null;
}

const STANDARD_FPS = [10, 12, 12.5, 15, 20, 24, 25, 30, 48, 50, 60, 72, 90, 100, 120, 144, 240];
const NTSC_FPS = [24, 30, 60, 120].map((fps) => (fps * 1000) / 1001);
const FRAMES_TO_MEASURE = 7;
const MEASURE_SPAN_MS = 180;
const RECENT_FRAMES = 24;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** A rate that somebody measured is taken as the usual one it is nearest to. */
function usualFps(fps: number): number {
  const near = [...STANDARD_FPS, ...NTSC_FPS].map((usual) => ({
    usual,
    off: Math.abs(usual - fps) / usual,
  }));
  const best = near.reduce((a, b) => (b.off < a.off ? b : a));
  return best.off < 0.003 ? best.usual : fps;
}

/** Frame duration out of whole-millisecond steps: dropped and late frames do not count. */
function measure(steps: readonly number[]): number {
  const middle = median(steps);
  const regular = steps.filter((step) => Math.abs(step - middle) <= 1.5);
  const mean = regular.reduce((sum, step) => sum + step, 0) / regular.length;
  const tolerance = 1 / regular.length + 0.1;
  const standard = STANDARD_FPS.find((fps) => Math.abs(1000 / fps - mean) <= tolerance);
  return standard === undefined ? mean : 1000 / standard;
}

/**
 * Video: time is the encoder's own. The frame rate is the declared one when the first frames agree
 * with it, else what they measure; it only predicts, every sample keeps its own time. Composition
 * offsets are counted from the first keyframe's, so that decode times lie on the presentation
 * timeline that audio and the other renditions have.
 */
export class VideoClock implements FrameClock {
  readonly #timescale: number;
  readonly #hints: number[];
  #held: Frame[] = [];
  #frameMs: number | null = null;
  #steps: number[] = [];
  #shiftMs: number | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(timescale: number, declaredFps: readonly (number | null)[]) {
    this.#timescale = timescale;
    this.#hints = declaredFps.flatMap((fps) =>
      fps !== null && fps >= 1 && fps <= 240 ? [usualFps(fps)] : [],
    );
  }

  get frameTicks(): number | null {
    return this.#frameMs === null ? null : (this.#frameMs * this.#timescale) / 1000;
  }

  push(frame: Frame): Sample[] {
    // Decode time has to grow: a frame that steps back is put one millisecond on.
    const timeMs = Math.max(frame.timeMs, this.#lastMs + 1);
    if (this.#lastMs > Number.NEGATIVE_INFINITY) this.#step(timeMs - this.#lastMs);
    this.#lastMs = timeMs;
    this.#shiftMs ??= frame.compositionMs;
    this.#held.push({ ...frame, timeMs });
    this.#frameMs ??= this.#decide();
    return this.#frameMs === null ? [] : this.flush();
  }

  flush(): Sample[] {
    const shift = this.#shiftMs ?? 0;
    const samples = this.#held.map((frame) => ({
      time: this.#ticks(frame.timeMs + shift),
      composition: this.#ticks(frame.compositionMs - shift),
      keyframe: frame.keyframe,
      data: frame.data,
    }));
    this.#held = [];
    return samples;
  }

  #ticks(ms: number): number {
    return Math.round((ms * this.#timescale) / 1000);
  }

  #step(stepMs: number): void {
    this.#steps.push(stepMs);
    if (this.#frameMs === null || this.#steps.length < RECENT_FRAMES) return;
    const measured = measure(this.#steps);
    this.#steps = [];
    if (Math.abs(measured - this.#frameMs) > this.#frameMs / 10) this.#frameMs = measured;
  }

  #decide(): number | null {
    const steps = this.#steps;
    if (steps.length < 2) return null;
    const span = steps.reduce((sum, step) => sum + step, 0);
    const enough = steps.length >= FRAMES_TO_MEASURE - 1 || span >= MEASURE_SPAN_MS;
    const middle = median(steps);
    // Frames that jitter agree on average only.
    const mean = span / steps.length;
    const hint = this.#hints.find((fps) => {
      const frameMs = 1000 / fps;
      const near = enough && Math.abs(frameMs - mean) <= frameMs / 10;
      return near || Math.abs(frameMs - middle) <= 1.2;
    });
    if (hint !== undefined) return 1000 / hint;
    return enough ? measure(steps) : null;
  }
}

/** How far counted samples may leave the encoder's timestamps before they are set right. */
const MAX_DRIFT_MS = 30;

/** Audio: time is counted in samples from the run's first frame, exact where timestamps are not. */
export class AudioClock implements FrameClock {
  readonly #timescale: number;
  readonly frameTicks: number;
  #next: number | null = null;

  constructor(timescale: number, samplesPerFrame: number) {
    this.#timescale = timescale;
    this.frameTicks = samplesPerFrame;
  }

  push(frame: Frame): Sample[] {
    const stamped = Math.round((frame.timeMs * this.#timescale) / 1000);
    const drift = this.#next === null ? 0 : stamped - this.#next;
    const limit = (MAX_DRIFT_MS * this.#timescale) / 1000;
    // More sound than time: this frame has no place.
    if (drift < -limit) return [];
    const time = this.#next === null || drift > limit ? stamped : this.#next;
    this.#next = time + this.frameTicks;
    return [{ time, composition: 0, keyframe: true, data: frame.data }];
  }

  flush(): Sample[] {
    return [];
  }
}
