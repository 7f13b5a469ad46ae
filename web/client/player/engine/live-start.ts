/** Right after the first picture the rest of what there is already is still on its way. */
const STARTING_SECONDS = 1;
/** Media to have behind a first jump, and to gain by it. */
const CATCH_UP_SECONDS = 0.3;

/** The first second of playing: the first picture as soon as it is there, then nearer to the edge. */
export class LiveStart {
  readonly #video: HTMLVideoElement;
  #startedAt = Number.POSITIVE_INFINITY;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** The picture moves. @param at wall seconds */
  playing(at: number): void {
    this.#startedAt = Math.min(this.#startedAt, at);
  }

  /** Running dry after that is a stall. */
  isOver(at: number): boolean {
    return at - this.#startedAt > STARTING_SECONDS;
  }

  /**
   * The first media is in the buffer. hls.js seeks to where it wants to begin once all that there
   * is of a segment has come; the first picture need not wait for that.
   */
  showFirst(): void {
    const { buffered, currentTime } = this.#video;
    if (buffered.length > 0 && currentTime < buffered.start(0)) {
      this.#video.currentTime = buffered.start(0);
    }
  }

  /** Once the first picture is on screen: goes nearer to the edge as soon as there is media to. */
  catchUp(view: { at: number; bufferEnd: number; syncPosition: number | null }): void {
    const { seeking, paused, currentTime } = this.#video;
    const since = view.at - this.#startedAt;
    if (since < 0 || since > STARTING_SECONDS || seeking || paused) {
      return;
    }
    const sync = view.syncPosition ?? 0;
    const there = view.bufferEnd > sync + CATCH_UP_SECONDS;
    if (there && sync > currentTime + CATCH_UP_SECONDS) {
      this.#video.currentTime = sync;
    }
  }
}
