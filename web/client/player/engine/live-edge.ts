import { bufferedEnd } from './buffered-end.ts';
import { LatencyController } from './latency-controller.ts';
import { LiveStart } from './live-start.ts';
import { PictureRestart } from './picture-restart.ts';
import { RunningDry } from './running-dry.ts';

const TICK_MS = 100;
/** Farther behind by the viewer's own wish, it is rewound and left alone. */
const REWOUND_SECONDS = 2.5;
/** A seek that ends within this after one of ours is ours. */
const OWN_SEEK_SECONDS = 3;
const MIN_SEEK_GAIN_SECONDS = 1;
/** A machine that cannot keep up must not be sent after the edge again and again. */
const SEEK_PAUSE_SECONDS = 5;
/** How much of the newest media is left to arrive before a jump lands, seconds. */
const LANDING_SECONDS = 0.4;

const seconds = () => performance.now() / 1000;

export interface LiveEdgeOptions {
  video: HTMLVideoElement;
  /** Media seconds a jump should land on when the buffer does not reach there; null: unknown. */
  syncPosition(): number | null;
  /** False once the playlist has ended. */
  live(): boolean;
}

/** Drives the video element's rate and position with the latency controller's decisions. */
export class LiveEdge {
  readonly #options: LiveEdgeOptions;
  readonly #start: LiveStart;
  readonly #controller = new LatencyController();
  readonly #restart = new PictureRestart();
  readonly #dry: RunningDry;
  readonly #listening = new AbortController();
  readonly #timer: number;
  #bufferEnd: number | null = null;
  #appendedAt = 0;
  #soughtAt = Number.NEGATIVE_INFINITY;
  #restartedAt = Number.NEGATIVE_INFINITY;
  #rewound = false;

  constructor(options: LiveEdgeOptions) {
    this.#options = options;
    const { video } = options;
    this.#start = new LiveStart(video);
    this.#dry = new RunningDry({
      video,
      stalled: (at) => this.#controller.stalled(at),
      atBrink: () => this.#tick(),
    });
    const { signal } = this.#listening;
    video.preservesPitch = true;
    video.addEventListener('waiting', () => this.#waiting(), { signal });
    video.addEventListener('seeked', () => this.#seeked(), { signal });
    video.addEventListener('playing', () => this.#playing(), { signal });
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
  }

  get stalls(): number {
    return this.#dry.stalls;
  }

  /** Media that lies ahead, and how long ago the last of it came; null before the first. */
  get behindNewestSeconds(): number | null {
    const { currentTime } = this.#options.video;
    if (this.#bufferEnd === null) {
      return null;
    }
    return Math.max(0, this.#bufferEnd - currentTime) + seconds() - this.#appendedAt;
  }

  /** The viewer watches live, not the past. */
  get following(): boolean {
    return !this.#rewound && !this.#options.video.paused;
  }

  destroy(): void {
    window.clearInterval(this.#timer);
    this.#dry.destroy();
    this.#listening.abort();
    this.#options.video.playbackRate = 1;
  }

  /** Call after every append. */
  appended(): void {
    const end = bufferedEnd(this.#options.video);
    if (end === null) return;
    const before = this.#bufferEnd;
    if (before === null) this.#start.showFirst();
    const at = seconds();
    this.#bufferEnd = end;
    if (before === null || end > before) {
      this.#appendedAt = at;
    }
    if (before !== null && end > before + 0.001 && end - before < REWOUND_SECONDS) {
      this.#controller.appended({ at, endBefore: before, endAfter: end });
    }
    this.#start.catchUp({ at, bufferEnd: end, syncPosition: this.#options.syncPosition() });
    this.#tick();
  }

  timelineChanged(): void {
    this.#controller.timelineChanged();
  }

  overlapped(until: number): void {
    this.#restart.overlapped(until);
  }

  goLive(): void {
    this.#rewound = false;
    const { video } = this.#options;
    const at = seconds();
    const target = this.#controller.targetLag(at);
    const wished = target === null ? video.currentTime : at - target;
    if (wished - video.currentTime > 0.5 || target === null) {
      this.#jump(wished);
    }
  }

  #tick(): void {
    const { video, live } = this.#options;
    const bufferEnd = bufferedEnd(this.#options.video);
    if (video.paused || video.seeking || bufferEnd === null) {
      return;
    }
    if (this.#rewound || !live()) {
      this.#setRate(1);
      return;
    }
    const at = seconds();
    if (this.#restartsPicture(at)) return;
    this.#dry.watchPicture(at, bufferEnd);
    const decision = this.#controller.decide({ at, position: video.currentTime, bufferEnd });
    this.#dry.lookAgain(bufferEnd);
    if (decision.kind === 'rate') {
      if (decision.rate === 0) this.#dry.stopping(at);
      this.#setRate(decision.rate);
    } else if (at - this.#soughtAt > SEEK_PAUSE_SECONDS) {
      this.#jump(decision.position);
    }
  }

  #restartsPicture(at: number): boolean {
    const { video } = this.#options;
    const position = this.#restart.due(at, video);
    if (position === null) {
      return false;
    }
    this.#restartedAt = at;
    video.currentTime = position;
    return true;
  }

  /** Seeks as near to `wished` as media lets it; stays when little would be won. */
  #jump(wished: number): void {
    const { video, syncPosition } = this.#options;
    const end = bufferedEnd(video) ?? video.currentTime;
    const sync = syncPosition();
    let landing = Math.min(wished, end - LANDING_SECONDS);
    if (sync !== null && sync > landing + MIN_SEEK_GAIN_SECONDS) {
      landing = sync;
    }
    this.#setRate(1);
    if (landing - video.currentTime > MIN_SEEK_GAIN_SECONDS) {
      this.#soughtAt = seconds();
      video.currentTime = landing;
    }
  }

  #waiting(): void {
    const { video } = this.#options;
    const at = seconds();
    if (this.#start.isOver(at) && !video.seeking && !video.paused && this.#options.live()) {
      this.#dry.waiting(at);
    }
  }

  #playing(): void {
    this.#start.playing(seconds());
    this.#tick();
  }

  #seeked(): void {
    const at = seconds();
    const target = this.#controller.targetLag(at);
    const ownAt = Math.max(this.#soughtAt, this.#restartedAt);
    if (at - ownAt < OWN_SEEK_SECONDS || target === null) {
      return;
    }
    this.#rewound = at - this.#options.video.currentTime - target > REWOUND_SECONDS;
  }

  #setRate(rate: number): void {
    const { video } = this.#options;
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }
}
