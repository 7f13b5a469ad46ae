import type { Clock } from '../../platform/clock.ts';
import type { Connection } from './connection.ts';
import { frameJson } from './frames.ts';
import type { Room } from './room.ts';

/** Who types is shown only where it can be followed. */
const MOST_PEOPLE = 50;
/** Somebody who went on would have said so again. */
const TYPES_FOR_MS = 5_000;
const TELL_EVERY_MS = 1_000;
const MOST_NAMES = 10;

/** Who types in each room, on whatever node, told at most once a second. */
export class Typing {
  readonly #clock: Clock;
  readonly #countOf: (room: Room) => number;
  readonly #rooms = new Map<Room, { until: Map<string, number>; told: string }>();
  #cancel: (() => void) | null = null;

  constructor(options: { clock: Clock; countOf(room: Room): number }) {
    this.#clock = options.clock;
    this.#countOf = options.countOf;
  }

  /** Null: nothing that the nodes have to be told. */
  hear({ room, person, identity }: Connection): { channel: string; name: string } | null {
    if (room === null || person === null || identity === null) return null;
    if (this.#countOf(room) >= MOST_PEOPLE) return null;
    const until = this.#rooms.get(room)?.until.get(person.name) ?? 0;
    const isKnown = until - this.#clock.now() > TYPES_FOR_MS - TELL_EVERY_MS;
    return isKnown ? null : { channel: room.channel.name, name: person.name };
  }

  note(room: Room, name: string): void {
    const typing = this.#rooms.get(room) ?? { until: new Map(), told: '' };
    this.#rooms.set(room, typing);
    typing.until.set(name, this.#clock.now() + TYPES_FOR_MS);
    if (this.#cancel === null) this.#tell();
  }

  forget(room: Room): void {
    this.#rooms.delete(room);
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
