import { BRINK_SECONDS } from './latency-controller.ts';

const SAME_STALL_SECONDS = 0.5;
/** Within so much of the brink, the next tick of whoever asks may be too late. */
const LOOK_WITHIN_MS = 100;

interface RunningDryOptions {
  video: HTMLVideoElement;
  /** The playhead has nothing to play. */
  stalled(at: number): void;
  /** The playhead is where it has to be stopped, unless there is more by now. */
  atBrink(): void;
}

/** Sees the playhead come to the end of what there is, and counts how often it had to stop. */
export class RunningDry {
  readonly #options: RunningDryOptions;
  /** The playhead has passed what there is of the picture. */
  #dry = false;
  #stalls = 0;
  #stalledAt = Number.NEGATIVE_INFINITY;
  #timer: number | undefined;

  constructor(options: RunningDryOptions) {
    this.#options = options;
  }

  get stalls(): number {
    return this.#stalls;
  }

  destroy(): void {
    window.clearTimeout(this.#timer);
  }

  /** The browser has stopped. */
  waiting(at: number): void {
    if (this.#dry) return;
    this.#count(at);
    this.#options.stalled(at);
  }

  /**
   * Browsers let the sound go on for seconds when only the picture has run dry. What comes then is
   * too late for the playhead, and the picture stands all the longer: it has to be waited for.
   */
  watchPicture(at: number, bufferEnd: number): void {
    const before = this.#dry;
    this.#dry = this.#options.video.currentTime > bufferEnd;
    if (this.#dry && !before) this.#options.stalled(at);
  }

  /** The playhead must not run into the end of the buffer between two looks. */
  lookAgain(bufferEnd: number): void {
    const { currentTime, playbackRate } = this.#options.video;
    const ms = ((bufferEnd - currentTime - BRINK_SECONDS) * 1000) / Math.max(1, playbackRate);
    window.clearTimeout(this.#timer);
    if (ms > 0 && ms < LOOK_WITHIN_MS) {
      this.#timer = window.setTimeout(() => this.#options.atBrink(), ms);
    }
  }

  /** The playhead is about to be stopped. */
  stopping(at: number): void {
    if (this.#options.video.playbackRate !== 0) this.#count(at);
  }

  #count(at: number): void {
    if (at - this.#stalledAt > SAME_STALL_SECONDS) this.#stalls += 1;
    this.#stalledAt = at;
  }
}
