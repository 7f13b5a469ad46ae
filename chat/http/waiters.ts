import type { Clock } from '../../platform/clock.ts';
import type { Room } from '../sockets/room.ts';
import { hasNews, viewOfSlice, viewText } from '../sockets/room-view.ts';

interface Waiter {
  after: number;
  isStaff: boolean;
  answer(text: string): void;
}

/** Long polls that wait for one room's next entry. They are woken together, from one rendering. */
export class RoomWaiters {
  readonly #room: Room;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();
  #unfollow: (() => void) | null = null;

  constructor(room: Room, clock: Clock) {
    this.#room = room;
    this.#clock = clock;
  }

  /** Returns the function that ends the waiting. */
  add(waiter: Waiter): () => void {
    this.#waiting.add(waiter);
    this.#unfollow ??= this.#room.follow(() => this.#wake());
    return () => this.#remove(waiter);
  }

  #remove(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    if (this.#waiting.size > 0) return;
    this.#unfollow?.();
    this.#unfollow = null;
  }

  #wake(): void {
    const rendered = new Map<string, string | null>();
    for (const waiter of [...this.#waiting]) {
      const key = `${waiter.after} ${waiter.isStaff}`;
      const known = rendered.get(key);
      const text = known === undefined ? this.#render(waiter) : known;
      rendered.set(key, text);
      if (text === null) continue;
      this.#remove(waiter);
      waiter.answer(text);
    }
  }

  #render({ after, isStaff }: Waiter): string | null {
    const { window } = this.#room;
    const resumed = after >= window.start;
    const slice = {
      entries: window.slice(after, window.newest),
      offset: window.newest,
      epoch: window.epoch,
      resumed,
    };
    const view = viewOfSlice(slice, { room: this.#room, isStaff, now: this.#clock.now() });
    return hasNews(view) ? viewText(view) : null;
  }
}
