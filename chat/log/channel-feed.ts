import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { Entry, LogSlice, Position, Subscription } from './broker.ts';
import { entriesMissed } from './chat-metrics.ts';
import type { Stretch } from './log-messages.ts';

/** Entries in memory, from which returning clients are served. */
export const KEPT_ENTRIES = 1_250;
const TRIMMED_AT = KEPT_ENTRIES + 250;
const RETRY_MS = 250;
/** Beyond it the store is asked again. */
const MOST_EARLY = 1_000;

interface Listener {
  hear(entries: Entry[]): void;
  reset(position: Position): void;
}

/** The newest entry a feed has heard of. */
export interface Heard extends Position {
  /** Its id; null: of an empty log. */
  id: string | null;
}

export interface FeedOptions {
  clock: Clock;
  log: Log;
  /**
   * What came after, without a gap, or the first of it; or, when that cannot be told any more, the
   * newest entries, which then do not follow on.
   */
  fetch(heard: Heard): Promise<Stretch>;
}

/** One channel as this node hears it: its newest entries, and those who listen. */
export class ChannelFeed {
  readonly #options: FeedOptions;
  readonly #listeners = new Set<Listener>();
  #epoch: string;
  #offset: number;
  /** The newest ones without a gap, the last of them at `#offset`. */
  #entries: Entry[];
  #refreshing: 'no' | 'once' | 'again' = 'no';
  /** What came while the store was asked. */
  #early: { epoch: string; entries: Entry[] }[] = [];
  #cancelRetry = () => {};
  #closed = false;

  constructor(newest: Stretch, options: FeedOptions) {
    this.#options = options;
    this.#epoch = newest.epoch;
    this.#offset = newest.offset;
    this.#entries = newest.entries;
  }

  get position(): Position {
    return { offset: this.#offset, epoch: this.#epoch };
  }

  get heard(): Heard {
    return { ...this.position, id: this.#entries.at(-1)?.id ?? null };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  subscribe(hear: Listener['hear'], reset: Listener['reset'], onEnd: () => void): Subscription {
    const listener = { hear, reset };
    this.#listeners.add(listener);
    return {
      position: this.position,
      close: () => {
        if (this.#listeners.delete(listener)) onEnd();
      },
    };
  }

  /** What memory answers; null: the store has to be asked for older entries. */
  read({ after, limit }: { after: Position | null; limit: number }): LogSlice | null {
    const isOurs = after !== null && after.epoch === this.#epoch;
    // Another node was told of it first.
    if (isOurs && after.offset > this.#offset) return null;
    const resumed = isOurs && this.#offset - after.offset <= limit;
    const wanted = resumed ? this.#offset - after.offset : Math.min(limit, this.#offset);
    if (wanted > this.#entries.length) return null;
    const entries = wanted === 0 ? [] : this.#entries.slice(-wanted);
    return { ...this.position, entries, resumed };
  }

  /** Entries that were just kept, in order; those already heard are left out, a gap is filled. */
  receive(epoch: string, entries: Entry[]): void {
    if (this.#refreshing !== 'no') {
      if (this.#early.length < MOST_EARLY) this.#early.push({ epoch, entries });
      else this.#refreshing = 'again';
      return;
    }
    const fresh = entries.filter((entry) => entry.offset > this.#offset);
    if (epoch === this.#epoch && fresh[0]?.offset === this.#offset + 1) this.#append(fresh);
    else if (epoch !== this.#epoch || fresh.length > 0) this.refresh();
  }

  /** Asks the store for what may have been missed. */
  refresh(): void {
    if (this.#refreshing !== 'no') {
      this.#refreshing = 'again';
      return;
    }
    this.#refreshing = 'once';
    this.#options.fetch(this.heard).then(
      (stretch) => {
        if (this.#closed) return;
        this.#follow(stretch);
        this.#refreshed();
      },
      (error: unknown) => {
        if (this.#closed) return;
        this.#options.log.warn({ reason: messageOf(error) }, 'chat log could not be read');
        this.#refreshing = 'again';
        this.#cancelRetry = this.#options.clock.after(RETRY_MS, () => this.#refreshed());
      },
    );
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#listeners.clear();
  }

  #refreshed(): void {
    const again = this.#refreshing === 'again';
    this.#refreshing = 'no';
    const early = this.#early;
    this.#early = [];
    // What was pushed before the store is asked again is in its answer.
    if (again) this.refresh();
    else for (const { epoch, entries } of early) this.receive(epoch, entries);
  }

  #follow({ epoch, offset, entries }: Stretch): void {
    const next = entries[0]?.offset ?? offset + 1;
    if (epoch === this.#epoch && next === this.#offset + 1) {
      entriesMissed.inc(entries.length);
      if (entries.length > 0) this.#append(entries);
      if (this.#offset < offset) this.#refreshing = 'again';
      return;
    }
    this.#options.log.warn({}, 'chat log begins anew');
    this.#epoch = epoch;
    this.#offset = offset;
    this.#entries = entries;
    this.#tell((listener) => listener.reset(this.position));
  }

  #append(entries: Entry[]): void {
    this.#offset += entries.length;
    for (const entry of entries) this.#entries.push(entry);
    if (this.#entries.length >= TRIMMED_AT) {
      this.#entries.splice(0, this.#entries.length - KEPT_ENTRIES);
    }
    this.#tell((listener) => listener.hear(entries));
  }

  #tell(act: (listener: Listener) => void): void {
    for (const listener of this.#listeners) {
      try {
        act(listener);
      } catch (error) {
        this.#options.log.error({ err: error }, 'chat log listener failed');
      }
    }
  }
}
