import type { Clock } from '../platform/clock.ts';
import type { Connection } from './connection.ts';
import { frameJson } from './frames.ts';
import type { Room } from './room.ts';

/** Who types is shown only where it can be followed. */
const MOST_PEOPLE = 50;
/** Somebody who went on would have said so again. */
const TYPES_FOR_MS = 5_000;
const TELL_EVERY_MS = 1_000;
const MOST_NAMES = 10;

/** Who types in each room of this node, told at most once a second. */
export class Typing {
  readonly #clock: Clock;
  readonly #countOf: (room: Room) => number;
  readonly #rooms = new Map<Room, { until: Map<string, number>; told: string }>();
  #cancel: (() => void) | null = null;

  constructor(options: { clock: Clock; countOf(room: Room): number }) {
    this.#clock = options.clock;
    this.#countOf = options.countOf;
  }

  hear({ room, person, identity }: Connection): void {
    if (room === null || person === null || identity === null) return;
    if (this.#countOf(room) >= MOST_PEOPLE) return;
    const typing = this.#rooms.get(room) ?? { until: new Map(), told: '' };
    this.#rooms.set(room, typing);
    typing.until.set(person.name, this.#clock.now() + TYPES_FOR_MS);
    if (this.#cancel === null) this.#tell();
  }

  /** They said it: they type no longer. */
  stop(room: Room, name: string): void {
    this.#rooms.get(room)?.until.delete(name);
  }

  #tell(): void {
    const now = this.#clock.now();
    for (const [room, typing] of this.#rooms) {
      for (const [name, until] of typing.until) if (until <= now) typing.until.delete(name);
      const people = [...typing.until.keys()].slice(0, MOST_NAMES);
      if (people.join() !== typing.told) room.tell(frameJson({ type: 'typing', people }));
      typing.told = people.join();
      if (people.length === 0) this.#rooms.delete(room);
    }
    this.#cancel =
      this.#rooms.size === 0
        ? null
        : this.#clock.after(TELL_EVERY_MS, () => {
            this.#cancel = null;
            this.#tell();
          });
  }
}
