import { mustAttachAnew, parseTrackList, type TrackList } from './track-list.ts';

/** A quality may take this long to begin after the others. */
const LATE_MS = 4000;

interface TrackWatchOptions {
  /** URL of the multivariant playlist. */
  src: string;
  attached(): TrackList | null;
  /** The player cannot play on with what it has attached. */
  changed(): void;
}

/** Finds out that a stream has other tracks now: a player reads the multivariant playlist once. */
export class TrackWatch {
  readonly #options: TrackWatchOptions;
  #timers: number[] = [];

  constructor(options: TrackWatchOptions) {
    this.#options = options;
  }

  /** Looks after `soonMs`, and when tracks that begin late are there; instead of looks planned. */
  look(soonMs: number): void {
    this.stop();
    this.#timers = [soonMs, LATE_MS].map((ms) => window.setTimeout(() => this.#ask(), ms));
  }

  /** Whether this answer of the multivariant playlist offers other tracks. */
  differs(playlist: string, url: string): boolean {
    const attached = this.#options.attached();
    return attached !== null && mustAttachAnew(attached, parseTrackList(playlist, url));
  }

  stop(): void {
    for (const timer of this.#timers) window.clearTimeout(timer);
    this.#timers = [];
  }

  #ask(): void {
    const { src, attached, changed } = this.#options;
    const asked = attached();
    fetch(src, { cache: 'no-store' })
      .then(async (answer) => {
        const playlist = answer.ok ? await answer.text() : null;
        const current = attached() === asked;
        if (playlist !== null && current && this.differs(playlist, answer.url)) changed();
      })
      // Whether the stream can be had at all is for those to say who load it.
      .catch(() => undefined);
  }
}
