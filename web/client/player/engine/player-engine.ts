import { autoplay } from './autoplay.ts';
import { ElementFacts } from './element-facts.ts';
import { findPlayback } from './find-playback.ts';
import { holdPicture } from './hold-picture.ts';
import { LatencyReadout } from './latency-readout.ts';
import type { OpenPlayback, Playback } from './playback.ts';
import { playbackEvents } from './playback-events.ts';
import { ATTACHING, PlayerStore } from './player-store.ts';
import { Recovery } from './recovery.ts';
import { ServerClock } from './server-clock.ts';
import { StreamEnd } from './stream-end.ts';
import { RETURNED_MS, StreamFacts } from './stream-facts.ts';
import { TrackWatch } from './track-watch.ts';
import type { CreatePlayerEngine, PlayerEngineOptions, StreamFact } from './types.ts';

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
  readonly #facts: StreamFacts;
  #open: OpenPlayback | null = null;
  #playback: Playback | null = null;
  #streamId: string | null = null;
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
    this.#facts = new StreamFacts({
      store: this.store,
      end: this.#end,
      tracks: this.#tracks,
      recovery: this.#recovery,
      streamId: () => this.#streamId,
      attached: () => this.#playback !== null,
      attach: () => this.#attach(),
    });
    this.#element.on('playing', () => this.#recovery.succeeded());
    void this.#start();
  }

  streamChanged(fact: StreamFact): void {
    this.#facts.changed(fact);
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
      saidLive: () => this.#facts.live,
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
    this.store.set(ATTACHING);
    const events = playbackEvents({
      store: this.store,
      clock: this.#clock,
      tracks: this.#tracks,
      recovery: this.#recovery,
      end: this.#end,
      opened: (streamId) => this.#opened(streamId),
    });
    this.#playback = this.#open({ video: this.#video, src: this.#src, events });
    this.#playback.setCaptions(this.store.state.captionsOn);
    this.#readout.follow(this.#playback);
  }

  #opened(streamId: string | null): void {
    this.#streamId = streamId;
    this.#tracks.look(RETURNED_MS);
    if (this.#staysPaused) this.store.set({ status: 'paused' });
    else void autoplay(this.#video, this.store);
  }

  #ended(): void {
    this.#end.forget();
    this.#recovery.cancel();
    this.store.set({ status: 'ended', latencySeconds: null, atLiveEdge: false });
  }
}
