import type { PlayerStore } from './player-store.ts';
import type { Recovery } from './recovery.ts';
import type { StreamEnd } from './stream-end.ts';
import type { TrackWatch } from './track-watch.ts';
import type { StreamFact } from './types.ts';

/** What a returned encoder sends is in the playlists after about that long. */
export const RETURNED_MS = 1500;

interface StreamFactsOptions {
  store: PlayerStore;
  end: StreamEnd;
  tracks: TrackWatch;
  recovery: Recovery;
  /** The stream that is attached; null: its multivariant playlist was never read. */
  streamId(): string | null;
  attached(): boolean;
  attach(): void;
}

/** What the event stream says of the channel, and what follows from it. */
export class StreamFacts {
  readonly #options: StreamFactsOptions;
  #fact: StreamFact | null = null;

  constructor(options: StreamFactsOptions) {
    this.#options = options;
  }

  get live(): boolean {
    return this.#fact?.live === true;
  }

  changed(fact: StreamFact): void {
    const before = this.#fact;
    this.#fact = fact;
    if (fact.live) this.#isLive(fact, before);
    else if (before?.live === true && this.#options.attached()) {
      if (before.interrupted) this.#options.end.certain();
      else this.#options.end.likely();
    }
  }

  #isLive(fact: StreamFact, before: StreamFact | null): void {
    const { store, end, tracks, recovery, attach } = this.#options;
    end.forget();
    const { status } = store.state;
    const streamId = this.#options.streamId();
    const another = streamId !== null && fact.streamId !== streamId;
    if (status === 'idle' || status === 'ended' || (another && fact.streamId !== null)) {
      attach();
    } else if (before?.interrupted === true && !fact.interrupted) {
      tracks.look(RETURNED_MS);
      if (status === 'reconnecting') recovery.ask();
    }
  }
}
