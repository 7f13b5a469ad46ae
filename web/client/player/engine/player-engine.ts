import { autoplay } from './autoplay.ts';
import { Backoff } from './backoff.ts';
import type { OpenPlayback, Playback, PlaybackEvents, PlaybackFailure } from './playback.ts';
import { PlayerStore } from './player-store.ts';
import { ServerClock } from './server-clock.ts';
import {
  AUTO_QUALITY,
  type CreatePlayerEngine,
  type PlayerEngineOptions,
  type PlayerStatus,
} from './types.ts';

const READOUT_MS = 250;
/** Shorter waits for media are not worth words over the picture. */
const WAITING_SHOWN_MS = 600;
/** How long the playlists may take to say what the event stream said already. */
const END_PATIENCE_MS = 4000;
/** Nobody is live: the event stream will say so, asking is for when it is cut off. */
const OFFLINE_RETRY_MS = 20_000;
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

/** hls.js arrives by itself, after the page is usable; Safari's own player needs nothing. */
async function findPlayback(video: HTMLVideoElement): Promise<OpenPlayback | null> {
  const { hlsRunsHere, openHlsPlayback } = await import('./hls-playback.ts');
  if (hlsRunsHere()) {
    return openHlsPlayback;
  }
  const { nativeRunsHere, openNativePlayback } = await import('./native-playback.ts');
  return nativeRunsHere(video) ? openNativePlayback : null;
}

class Engine {
  readonly store = new PlayerStore();
  readonly #video: HTMLVideoElement;
  readonly #src: string;
  readonly #clock = new ServerClock();
  readonly #retries = new Backoff({ firstMs: 500, maxMs: 3000 });
  readonly #listening = new AbortController();
  readonly #readout: number;
  #open: OpenPlayback | null = null;
  #playback: Playback | null = null;
  #streamId: string | null = null;
  #fact: StreamFact | null = null;
  #stallsBefore = 0;
  #waitingTimer: number | undefined;
  #endTimer: number | undefined;
  #offlineTimer: number | undefined;
  #destroyed = false;

  constructor({ video, src }: PlayerEngineOptions) {
    this.#video = video;
    this.#src = src;
    this.#listen();
    this.#readout = window.setInterval(() => this.#read(), READOUT_MS);
    void this.#start();
  }

  streamChanged(fact: StreamFact): void {
    const before = this.#fact;
    this.#fact = fact;
    window.clearTimeout(this.#endTimer);
    if (!fact.live) {
      if (before?.live === true && this.#playback !== null) {
        this.#endTimer = window.setTimeout(() => this.#ended(), END_PATIENCE_MS);
      }
      return;
    }
    const another = fact.streamId !== null && fact.streamId !== this.#streamId;
    const { status } = this.store.state;
    if (status === 'idle' || status === 'ended' || (another && this.#streamId !== null)) {
      this.#attach();
    } else if (before?.interrupted === true && !fact.interrupted && status === 'reconnecting') {
      this.#ask();
    }
  }

  play(): void {
    if (this.store.state.status === 'ended' || this.store.state.status === 'error') {
      this.retry();
    }
    this.#video.play().catch(() => this.store.set({ status: 'blocked' }));
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
    this.#listening.abort();
    this.#retries.cancel();
    window.clearInterval(this.#readout);
    for (const timer of [this.#waitingTimer, this.#endTimer, this.#offlineTimer]) {
      window.clearTimeout(timer);
    }
    this.#playback?.destroy();
    this.#playback = null;
  }

  async #start(): Promise<void> {
    this.#open = await findPlayback(this.#video);
    if (this.#destroyed) {
      return;
    }
    if (this.#open === null) {
      this.store.set({ status: 'error', error: UNPLAYABLE });
      return;
    }
    this.#attach();
  }

  #attach(): void {
    if (this.#open === null || this.#destroyed) {
      return;
    }
    window.clearTimeout(this.#offlineTimer);
    this.#retries.cancel();
    this.#stallsBefore = this.store.state.stalls;
    this.#playback?.destroy();
    this.#streamId = null;
    this.store.set({ status: 'loading', activeQuality: null, selectedQuality: AUTO_QUALITY });
    this.#playback = this.#open({
      video: this.#video,
      src: this.#src,
      events: this.#playbackEvents(),
    });
  }

  #playbackEvents(): PlaybackEvents {
    return {
      opened: ({ streamId, qualities }) => {
        this.#streamId = streamId;
        this.store.set({ qualities });
        void autoplay(this.#video).then((answer) => {
          if (answer === 'blocked') {
            this.store.set({ status: 'blocked' });
          } else if (answer === 'muted') {
            this.store.set({ mutedByAutoplay: true });
          }
        });
      },
      progressed: () => this.#retries.succeeded(),
      activeQuality: (id) => this.store.set({ activeQuality: id }),
      captions: (available) => this.store.set({ captionsAvailable: available }),
      serverDate: (answer) => this.#clock.observe(answer),
      closed: () => {
        this.#endTimer = window.setTimeout(() => this.#ended(), END_PATIENCE_MS);
      },
      failed: (failure) => this.#failed(failure),
    };
  }

  #failed(failure: PlaybackFailure): void {
    if (failure.kind === 'media') {
      if (failure.opening) {
        this.store.set({ status: 'error', error: failure.message });
      } else {
        this.#retries.plan(() => this.#attach());
      }
      return;
    }
    if (failure.opening && failure.kind === 'missing') {
      this.#notThere();
      return;
    }
    this.store.set({ status: failure.opening ? 'loading' : 'reconnecting' });
    this.#retries.plan(() => this.#ask());
  }

  /** 404 for the multivariant playlist: nobody is live, or the first part is not there yet. */
  #notThere(): void {
    if (this.#fact?.live === true) {
      this.store.set({ status: 'loading' });
      this.#retries.plan(() => this.#playback?.resume());
      return;
    }
    this.store.set({ status: 'idle' });
    this.#offlineTimer = window.setTimeout(() => this.#attach(), OFFLINE_RETRY_MS);
  }

  /** Asks what has become of the stream, the last frame still on screen. */
  #ask(): void {
    fetch(this.#src, { cache: 'no-store' })
      .then(async (answer) => ({ status: answer.status, text: await answer.text() }))
      .then(({ status, text }) => {
        if (this.#destroyed) {
          return;
        }
        if (status === 404 || status === 410) {
          this.#ended();
        } else if (status === 200 && this.#streamId !== null && !text.includes(this.#streamId)) {
          this.#attach();
        } else if (status === 200) {
          this.#playback?.resume();
        } else {
          this.#retries.plan(() => this.#ask());
        }
      })
      .catch(() => this.#retries.plan(() => this.#ask()));
  }

  #ended(): void {
    window.clearTimeout(this.#endTimer);
    this.#retries.cancel();
    this.#setStatus('ended');
    this.store.set({ latencySeconds: null, atLiveEdge: false });
  }

  #setStatus(status: PlayerStatus): void {
    window.clearTimeout(this.#waitingTimer);
    this.store.set({ status });
  }

  #listen(): void {
    const { signal } = this.#listening;
    const on = (type: string, listener: () => void) =>
      this.#video.addEventListener(type, listener, { signal });
    on('playing', () => {
      this.#retries.succeeded();
      this.#setStatus('playing');
    });
    on('pause', () => {
      if (this.store.state.status === 'playing' && !this.#video.ended) {
        this.#setStatus('paused');
      }
    });
    on('waiting', () => this.#waiting());
    on('ended', () => this.#ended());
    on('volumechange', () => {
      const { muted } = this.#video;
      this.store.set({ muted, mutedByAutoplay: muted && this.store.state.mutedByAutoplay });
    });
  }

  #waiting(): void {
    window.clearTimeout(this.#waitingTimer);
    this.#waitingTimer = window.setTimeout(() => {
      if (this.store.state.status === 'playing') {
        this.store.set({ status: 'reconnecting' });
      }
    }, WAITING_SHOWN_MS);
  }

  #read(): void {
    const playback = this.#playback;
    if (playback === null || this.store.state.status === 'ended') {
      return;
    }
    const playingAt = playback.playingAt();
    const serverNow = Date.now() + this.#clock.offsetMs();
    this.store.set({
      latencySeconds: playingAt === null ? null : Math.round((serverNow - playingAt) / 50) / 20,
      atLiveEdge: playback.atLiveEdge(),
      stalls: this.#stallsBefore + playback.stalls(),
    });
  }
}
