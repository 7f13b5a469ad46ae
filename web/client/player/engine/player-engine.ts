import { autoplay } from './autoplay.ts';
import { ElementFacts } from './element-facts.ts';
import { findPlayback } from './find-playback.ts';
import { holdPicture } from './hold-picture.ts';
import { LatencyReadout } from './latency-readout.ts';
import type { OpenPlayback, Playback, PlaybackEvents } from './playback.ts';
import { PlayerStore } from './player-store.ts';
import { Recovery } from './recovery.ts';
import { ServerClock } from './server-clock.ts';
import { StreamEnd } from './stream-end.ts';
import { TrackWatch } from './track-watch.ts';
import {
  AUTO_QUALITY,
  type CreatePlayerEngine,
  type PlayerEngineOptions,
  type StreamFact,
} from './types.ts';

/** What a returned encoder sends is in the playlists after about that long. */
const RETURNED_MS = 1500;
const UNPLAYABLE =
  'This browser cannot play live streams: try a current Chrome, Firefox or Safari.';

export const createPlayerEngine: CreatePlayerEngine = (options) => {
  const engine = new Engine(options);
  return {
    subscribe: (listener) => engine.store.subscribe(listener),
    state: () => engine.store.state,
    streamChanged: (fact) => engine.streamChanged(fact),
    play: () => engine.play(),
    pause: () => options.video.pause(),
    goLive: () => engine.goLive(),
    selectQuality: (id) => engine.selectQuality(id),
    setCaptions: (on) => engine.setCaptions(on),
    retry: () => engine.retry(),
    destroy: () => engine.destroy(),
  };
};

/** Attaches playbacks to the element, and takes the viewer's wishes and the event stream's facts. */
class Engine {
  readonly store = new PlayerStore();
  readonly #video: HTMLVideoElement;
  readonly #src: string;
  readonly #clock = new ServerClock();
  readonly #readout = new LatencyReadout(this.store, this.#clock);
  readonly #element: ElementFacts;
  readonly #tracks: TrackWatch;
  readonly #end: StreamEnd;
  readonly #recovery: Recovery;
  #open: OpenPlayback | null = null;
  #playback: Playback | null = null;
  #streamId: string | null = null;
  #fact: StreamFact | null = null;
  #staysPaused = false;
  #destroyed = false;

  constructor({ video, src }: PlayerEngineOptions) {
    this.#video = video;
    this.#src = src;
    this.#element = new ElementFacts(video, this.store);
    this.#tracks = new TrackWatch({
      src,
      attached: () => this.#playback?.tracks() ?? null,
      changed: () => void this.#attachAnew(),
    });
    this.#end = new StreamEnd(video, () => this.#ended());
    this.#recovery = this.#makeRecovery();
    this.#element.on('playing', () => this.#recovery.succeeded());
    void this.#start();
  }

  streamChanged(fact: StreamFact): void {
    const before = this.#fact;
    this.#fact = fact;
    if (!fact.live) {
      if (before?.live === true && this.#playback !== null) {
        if (before.interrupted) this.#end.certain();
        else this.#end.likely();
      }
      return;
    }
    this.#end.forget();
    const { status } = this.store.state;
    const another = this.#streamId !== null && fact.streamId !== this.#streamId;
    if (status === 'idle' || status === 'ended' || (another && fact.streamId !== null)) {
      this.#attach();
    } else if (before?.interrupted === true && !fact.interrupted) {
      this.#tracks.look(RETURNED_MS);
      if (status === 'reconnecting') this.#recovery.ask();
    }
  }

  play(): void {
    const { status } = this.store.state;
    if (status === 'ended' || status === 'error') {
      this.retry();
    }
    this.#video.play().catch(() => {
      if (this.store.state.status === 'paused') {
        this.store.set({ status: 'blocked' });
      }
    });
  }

  goLive(): void {
    this.#playback?.goLive();
    if (this.#video.paused) {
      this.play();
    }
  }

  selectQuality(id: number): void {
    this.#playback?.selectQuality(id);
    this.store.set({ selectedQuality: id });
  }

  setCaptions(on: boolean): void {
    this.#playback?.setCaptions(on);
    this.store.set({ captionsOn: on && this.store.state.captionsAvailable });
  }

  retry(): void {
    this.store.set({ error: null });
    this.#attach();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#element.destroy();
    this.#readout.destroy();
    this.#recovery.destroy();
    this.#end.destroy();
    this.#tracks.stop();
    this.#playback?.destroy();
    this.#playback = null;
  }

  #makeRecovery(): Recovery {
    return new Recovery({
      src: this.#src,
      store: this.store,
      streamId: () => this.#streamId,
      saidLive: () => this.#fact?.live === true,
      differs: (playlist, url) => this.#tracks.differs(playlist, url),
      resume: () => this.#playback?.resume(),
      attach: () => this.#attach(),
      attachAnew: () => void this.#attachAnew(),
      ended: () => this.#ended(),
    });
  }

  async #start(): Promise<void> {
    this.#open = await findPlayback(this.#video);
    if (this.#open === null) {
      this.store.set({ status: 'error', error: UNPLAYABLE });
      return;
    }
    this.#attach();
  }

  /** The same stream with other tracks: the last frame stays, and so does a pause. */
  async #attachAnew(): Promise<void> {
    const paused = this.#video.paused;
    await holdPicture(this.#video).catch(() => undefined);
    this.#attach();
    this.#staysPaused = paused;
  }

  #attach(): void {
    if (this.#open === null || this.#destroyed) {
      return;
    }
    this.#recovery.cancel();
    this.#end.forget();
    this.#tracks.stop();
    this.#playback?.destroy();
    this.#streamId = null;
    this.#staysPaused = false;
    this.store.set({ status: 'loading', activeQuality: null, selectedQuality: AUTO_QUALITY });
    const events = this.#playbackEvents();
    this.#playback = this.#open({ video: this.#video, src: this.#src, events });
    this.#readout.follow(this.#playback);
  }

  #playbackEvents(): PlaybackEvents {
    return {
      qualities: (qualities) => this.store.set({ qualities }),
      opened: (streamId) => {
        this.#streamId = streamId;
        this.#tracks.look(RETURNED_MS);
        if (this.#staysPaused) this.store.set({ status: 'paused' });
        else void this.#autoplay();
      },
      anotherRun: () => this.#tracks.look(0),
      progressed: () => this.#recovery.succeeded(),
      activeQuality: (id) => this.store.set({ activeQuality: id }),
      captions: (available) => this.store.set({ captionsAvailable: available }),
      serverDate: (answer) => this.#clock.observe(answer),
      closed: () => this.#end.certain(),
      failed: (failure) => this.#recovery.failed(failure),
    };
  }

  async #autoplay(): Promise<void> {
    const answer = await autoplay(this.#video);
    if (answer === 'blocked') {
      this.store.set({ status: 'blocked' });
    } else if (answer === 'muted') {
      this.store.set({ mutedByAutoplay: true });
    }
  }

  #ended(): void {
    this.#end.forget();
    this.#recovery.cancel();
    this.store.set({ status: 'ended', latencySeconds: null, atLiveEdge: false });
  }
}
