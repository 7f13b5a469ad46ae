import { autoplay } from './autoplay.ts';
import { Backoff } from './backoff.ts';
import { ElementFacts } from './element-facts.ts';
import { findPlayback } from './find-playback.ts';
import { holdPicture } from './hold-picture.ts';
import { LatencyReadout } from './latency-readout.ts';
import type { OpenPlayback, Playback, PlaybackEvents, PlaybackFailure } from './playback.ts';
import { PlayerStore } from './player-store.ts';
import { ServerClock } from './server-clock.ts';
import { TrackWatch } from './track-watch.ts';
import { AUTO_QUALITY, type CreatePlayerEngine, type PlayerEngineOptions } from './types.ts';

/** How long the playlists may take to say what the event stream said already. */
const END_PATIENCE_MS = 4000;
/** Nobody is live: the event stream will say so, asking is for when it is cut off. */
const OFFLINE_RETRY_MS = 20_000;
/** What a returned encoder sends is in the playlists after about that long. */
const RETURNED_MS = 1500;
const UNPLAYABLE =
  'This browser cannot play live streams: try a current Chrome, Firefox or Safari.';

interface StreamFact {
  live: boolean;
  streamId: string | null;
  interrupted: boolean;
}

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

/**
 * Attaches playbacks to the element and decides what a failure means: a reason to ask again, the
 * end, another stream, or nobody there.
 */
class Engine {
  readonly store = new PlayerStore();
  readonly #video: HTMLVideoElement;
  readonly #src: string;
  readonly #clock = new ServerClock();
  readonly #readout = new LatencyReadout(this.store, this.#clock);
  readonly #retries = new Backoff({ firstMs: 500, maxMs: 3000 });
  readonly #element: ElementFacts;
  readonly #tracks: TrackWatch;
  #open: OpenPlayback | null = null;
  #playback: Playback | null = null;
  #streamId: string | null = null;
  #fact: StreamFact | null = null;
  #endTimer: number | undefined;
  #offlineTimer: number | undefined;
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
    this.#element.on('playing', () => this.#retries.succeeded());
    this.#element.on('ended', () => this.#ended());
    void this.#start();
  }

  streamChanged(fact: StreamFact): void {
    const before = this.#fact;
    this.#fact = fact;
    window.clearTimeout(this.#endTimer);
    if (!fact.live) {
      if (before?.live === true && this.#playback !== null) {
        this.#endSoon();
      }
      return;
    }
    const { status } = this.store.state;
    const another = this.#streamId !== null && fact.streamId !== this.#streamId;
    if (status === 'idle' || status === 'ended' || (another && fact.streamId !== null)) {
      this.#attach();
    } else if (before?.interrupted === true && !fact.interrupted) {
      this.#tracks.look(RETURNED_MS);
      if (status === 'reconnecting') this.#ask();
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
    this.#retries.cancel();
    this.#tracks.stop();
    window.clearTimeout(this.#endTimer);
    window.clearTimeout(this.#offlineTimer);
    this.#playback?.destroy();
    this.#playback = null;
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
    window.clearTimeout(this.#offlineTimer);
    window.clearTimeout(this.#endTimer);
    this.#retries.cancel();
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
      progressed: () => this.#retries.succeeded(),
      activeQuality: (id) => this.store.set({ activeQuality: id }),
      captions: (available) => this.store.set({ captionsAvailable: available }),
      serverDate: (answer) => this.#clock.observe(answer),
      closed: () => this.#endSoon(),
      failed: (failure) => this.#failed(failure),
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

  #failed(failure: PlaybackFailure): void {
    if (failure.kind === 'media' && failure.opening) {
      this.store.set({ status: 'error', error: failure.message });
    } else if (failure.kind === 'media') {
      this.#retries.plan(() => this.#attach());
    } else if (failure.opening && failure.kind === 'missing') {
      this.#notThere();
    } else {
      this.store.set({ status: failure.opening ? 'loading' : 'reconnecting' });
      this.#retries.plan(() => this.#ask());
    }
  }

  /** 404 for the multivariant playlist: nobody is live, or the first part is not there yet. */
  #notThere(): void {
    if (this.#fact?.live === true) {
      this.#retries.plan(() => this.#playback?.resume());
      return;
    }
    this.store.set({ status: 'idle' });
    this.#offlineTimer = window.setTimeout(() => this.#attach(), OFFLINE_RETRY_MS);
  }

  /** Asks what has become of the stream, the last frame still on screen. */
  #ask(): void {
    fetch(this.#src, { cache: 'no-store' })
      .then(async (answer) => this.#answered(answer, await answer.text()))
      .catch(() => this.#retries.plan(() => this.#ask()));
  }

  #answered({ status, url }: Response, playlist: string): void {
    if (this.#destroyed) {
      return;
    }
    const gone = status === 404 || status === 410;
    if (gone && this.#streamId === null) {
      this.#notThere();
    } else if (gone) {
      this.#ended();
    } else if (status !== 200) {
      this.#retries.plan(() => this.#ask());
    } else if (this.#streamId !== null && !playlist.includes(this.#streamId)) {
      this.#attach();
    } else if (this.#tracks.differs(playlist, url)) {
      void this.#attachAnew();
    } else {
      this.#playback?.resume();
    }
  }

  /** The event stream and the playlists both say so; the first one's patience is not the second's. */
  #endSoon(): void {
    window.clearTimeout(this.#endTimer);
    this.#endTimer = window.setTimeout(() => this.#ended(), END_PATIENCE_MS);
  }

  #ended(): void {
    window.clearTimeout(this.#endTimer);
    this.#retries.cancel();
    this.store.set({ status: 'ended', latencySeconds: null, atLiveEdge: false });
  }
}
