import { AUTO_QUALITY, type PlayerState } from './types.ts';

export const START: PlayerState = {
  status: 'loading',
  latencySeconds: null,
  atLiveEdge: false,
  qualities: [],
  selectedQuality: AUTO_QUALITY,
  activeQuality: null,
  soundOnly: false,
  captionsAvailable: false,
  captionsOn: false,
  muted: false,
  mutedByAutoplay: false,
  stalls: 0,
  error: null,
};

/** What is known of a stream until its playlists are read. */
export const ATTACHING = {
  status: 'loading',
  activeQuality: null,
  selectedQuality: AUTO_QUALITY,
  soundOnly: false,
  captionsAvailable: false,
} as const satisfies Partial<PlayerState>;

/** The engine's state as one object that is replaced when, and only when, something changed. */
export class PlayerStore {
  readonly #listeners = new Set<() => void>();
  #state = START;

  get state(): PlayerState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  set(change: Partial<PlayerState>): void {
    const next = { ...this.#state, ...change };
    const keys = Object.keys(change) as (keyof PlayerState)[];
    if (keys.every((key) => Object.is(next[key], this.#state[key]))) {
      return;
    }
    this.#state = next;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
