import type { PlayerStore } from './player-store.ts';

/** Shorter waits for media are not worth words over the picture. */
const WAITING_SHOWN_MS = 600;

/** Writes into the store what the video element says of itself. */
export class ElementFacts {
  readonly #video: HTMLVideoElement;
  readonly #store: PlayerStore;
  readonly #listening = new AbortController();
  #waitingTimer: number | undefined;

  constructor(video: HTMLVideoElement, store: PlayerStore) {
    this.#video = video;
    this.#store = store;
    this.on('playing', () => {
      window.clearTimeout(this.#waitingTimer);
      store.set({ status: 'playing' });
    });
    this.on('pause', () => this.#paused());
    this.on('waiting', () => this.#waiting());
    this.on('volumechange', () => {
      const { muted } = video;
      store.set({ muted, mutedByAutoplay: muted && store.state.mutedByAutoplay });
    });
    store.set({ muted: video.muted });
  }

  /** Listens to one more event for as long as this object lives. */
  on(type: string, listener: () => void): void {
    this.#video.addEventListener(type, listener, { signal: this.#listening.signal });
  }

  destroy(): void {
    this.#listening.abort();
    window.clearTimeout(this.#waitingTimer);
  }

  #paused(): void {
    window.clearTimeout(this.#waitingTimer);
    const { status } = this.#store.state;
    if ((status === 'playing' || status === 'reconnecting') && !this.#video.ended) {
      this.#store.set({ status: 'paused' });
    }
  }

  #waiting(): void {
    window.clearTimeout(this.#waitingTimer);
    this.#waitingTimer = window.setTimeout(() => {
      if (this.#store.state.status === 'playing') {
        this.#store.set({ status: 'reconnecting' });
      }
    }, WAITING_SHOWN_MS);
  }
}
