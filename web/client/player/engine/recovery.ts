import { Backoff } from './backoff.ts';
import type { PlaybackFailure } from './playback.ts';
import type { PlayerStore } from './player-store.ts';

/** Nobody is live: the event stream will say so, asking is for when it is cut off. */
const OFFLINE_RETRY_MS = 20_000;

interface RecoveryOptions {
  /** URL of the multivariant playlist. */
  src: string;
  store: PlayerStore;
  /** The stream that is attached; null: its multivariant playlist was never read. */
  streamId(): string | null;
  /** The event stream says that the channel is live. */
  saidLive(): boolean;
  /** Whether this answer of the multivariant playlist offers other tracks than are attached. */
  differs(playlist: string, url: string): boolean;
  /** Loads on with what is attached. */
  resume(): void;
  attach(): void;
  /** The same with the last frame still on screen. */
  attachAnew(): void;
  ended(): void;
}

/**
 * Decides what a failure means: a reason to ask again, the end, another stream, or nobody there.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #retries = new Backoff({ firstMs: 500, maxMs: 3000 });
  #offlineTimer: number | undefined;
  #destroyed = false;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  failed(failure: PlaybackFailure): void {
    const { store, attach } = this.#options;
    if (failure.kind === 'media' && failure.opening) {
      store.set({ status: 'error', error: failure.message });
    } else if (failure.kind === 'media') {
      this.#retries.plan(attach);
    } else if (failure.opening && failure.kind === 'missing') {
      this.#notThere();
    } else {
      store.set({ status: failure.opening ? 'loading' : 'reconnecting' });
      this.#retries.plan(() => this.ask());
    }
  }

  /** Asks what has become of the stream, the last frame still on screen. */
  ask(): void {
    fetch(this.#options.src, { cache: 'no-store' })
      .then(async (answer) => this.#answered(answer, await answer.text()))
      .catch(() => this.#retries.plan(() => this.ask()));
  }

  /** Media comes: the next failure waits the first time again. */
  succeeded(): void {
    this.#retries.succeeded();
  }

  /** Another playback is attached, or none is needed any more. */
  cancel(): void {
    window.clearTimeout(this.#offlineTimer);
    this.#retries.cancel();
  }

  destroy(): void {
    this.#destroyed = true;
    this.cancel();
  }

  /** 404 for the multivariant playlist: nobody is live, or the first part is not there yet. */
  #notThere(): void {
    const { store, saidLive, resume, attach } = this.#options;
    if (saidLive()) {
      this.#retries.plan(resume);
      return;
    }
    store.set({ status: 'idle' });
    this.#offlineTimer = window.setTimeout(attach, OFFLINE_RETRY_MS);
  }

  #answered({ status, url }: Response, playlist: string): void {
    if (this.#destroyed) return;
    const { differs, resume, attach, attachAnew, ended } = this.#options;
    const streamId = this.#options.streamId();
    const gone = status === 404 || status === 410;
    if (gone && streamId === null) this.#notThere();
    else if (gone) ended();
    else if (status !== 200) this.#retries.plan(() => this.ask());
    else if (streamId !== null && !playlist.includes(streamId)) attach();
    else if (differs(playlist, url)) attachAnew();
    else resume();
  }
}
