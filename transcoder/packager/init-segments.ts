import type { Clock } from '../../platform/clock.ts';
import { RETENTION_MS } from './segment-store.ts';

/** The init segments of one rendition, one a run, numbered over all lives of its name. */
export class InitSegments {
  /** Numbers that the store has not, or may have lost. */
  readonly unsaved = new Set<number>();
  readonly #clock: Clock;
  readonly #bytes = new Map<number, Buffer>();
  /** Those of segments that are not listed any more, and the wall ms at which they go. */
  readonly #unlisted = new Map<number, number>();
  #newest: number;

  /** @param used how many an earlier rendition of this name has had */
  constructor(clock: Clock, used: number) {
    this.#clock = clock;
    this.#newest = used;
  }

  add(bytes: Buffer): number {
    this.#newest++;
    this.#bytes.set(this.#newest, bytes);
    return this.#newest;
  }

  get(number: number): Buffer | null {
    return this.#bytes.get(number) ?? null;
  }

  get newest(): number {
    return this.#newest;
  }

  get numbers(): number[] {
    return [...this.#bytes.keys()];
  }

  /**
   * Lets go of those whose segments left the playlist a retention ago.
   * @param oldest that the playlist still lists
   * @returns those whose segments have left it since the last call
   */
  trim(oldest: number): number[] {
    const now = this.#clock.now();
    for (const [number, until] of this.#unlisted) {
      if (until > now) break;
      this.#unlisted.delete(number);
      this.#bytes.delete(number);
    }
    const left = this.numbers.filter((number) => number < oldest && !this.#unlisted.has(number));
    for (const number of left) {
      this.#unlisted.set(number, now + RETENTION_MS);
      this.unsaved.delete(number);
    }
    return left;
  }
}
