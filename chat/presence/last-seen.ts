import { LRUCache } from 'lru-cache';

const MOST_PEOPLE = 10_000;

/** When those who left were last here, for the newest of them. */
export class LastSeen {
  readonly #at = new LRUCache<string, number>({ max: MOST_PEOPLE });

  note(channel: string, userId: string, at: number): void {
    this.#at.set(`${channel} ${userId}`, at);
  }

  of(channel: string, userId: string): number | null {
    return this.#at.get(`${channel} ${userId}`) ?? null;
  }
}
