import type { Clock } from '../platform/clock.ts';

/** What an ended source holds for the reader that is on its way. */
export interface UnreadFeed {
  bytes: number;
  /** Lets go of what it holds; no reader is served from now on. */
  forget(): void;
}

/** An ffmpeg that takes longer to start has a machine under it that shows no stream anyway. */
const KEPT_MS = 15_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Sources that ended before their reader came: a short publish is over sooner than a busy machine
 * starts an ffmpeg. The oldest go first where they hold too much together.
 */
export class UnreadFeeds {
  readonly #clock: Clock;
  readonly #feeds = new Map<UnreadFeed, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(feed: UnreadFeed): void {
    this.#feeds.set(
      feed,
      this.#clock.after(KEPT_MS, () => this.drop(feed)),
    );
    let bytes = [...this.#feeds.keys()].reduce((sum, each) => sum + each.bytes, 0);
    for (const oldest of this.#feeds.keys()) {
      if (bytes <= MAX_BYTES) break;
      bytes -= oldest.bytes;
      this.drop(oldest);
    }
  }

  drop(feed: UnreadFeed): void {
    const cancel = this.#feeds.get(feed);
    if (cancel === undefined) return;
    cancel();
    this.#feeds.delete(feed);
    feed.forget();
  }

  clear(): void {
    for (const feed of this.#feeds.keys()) this.drop(feed);
  }
}
