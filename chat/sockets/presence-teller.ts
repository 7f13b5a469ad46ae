import type { PersonHere } from '../../platform/protocol/chat/server-messages.ts';
import type { Presence, PresenceChange } from '../presence/presence.ts';
import type { Person } from '../rules/person.ts';
import { frameJson } from './frames.ts';
import type { Room } from './room.ts';

/** Names in one frame; the count says the rest. */
const MOST_JOINED = 50;
const MOST_LEFT = 500;

/** Tells each room who came and went, and those who come who is here. */
export class PresenceTeller {
  readonly #presence: Presence;
  readonly #rooms = new Map<Room, { unsubscribe: () => void; count: number }>();
  /** JSON of the snapshot, as long as nothing changed. */
  readonly #snapshots = new Map<Room, Promise<string>>();

  constructor(presence: Presence) {
    this.#presence = presence;
  }

  enter(room: Room, lease: string, person: Person): void {
    this.#watch(room);
    this.#presence.enter(room.channel.name, lease, hereOf(person));
  }

  leave(room: Room, lease: string, options: { linger: boolean }): void {
    this.#presence.leave(room.channel.name, lease, options);
  }

  /** How many are here, as last heard. */
  countOf(room: Room): number {
    return this.#rooms.get(room)?.count ?? 0;
  }

  /** JSON of who is here and how many. */
  snapshot(room: Room): Promise<string> {
    const made = this.#snapshots.get(room);
    if (made !== undefined) return made;
    const making = this.#presence.snapshot(room.channel.name).then((here) => JSON.stringify(here));
    this.#snapshots.set(room, making);
    making.catch(() => this.#snapshots.delete(room));
    return making;
  }

  forget(room: Room): void {
    this.#rooms.get(room)?.unsubscribe();
    this.#rooms.delete(room);
    this.#snapshots.delete(room);
  }

  #watch(room: Room): void {
    if (this.#rooms.has(room)) return;
    const unsubscribe = this.#presence.subscribe(room.channel.name, (change) =>
      this.#tell(room, change),
    );
    this.#rooms.set(room, { unsubscribe, count: 0 });
  }

  #tell(room: Room, change: PresenceChange): void {
    this.#snapshots.delete(room);
    const known = this.#rooms.get(room);
    if (known !== undefined) known.count = change.count;
    const { count, joined, left } = change;
    room.tell(
      frameJson({
        type: 'presence',
        count,
        joined: joined.slice(0, MOST_JOINED),
        left: left.slice(0, MOST_LEFT),
      }),
    );
  }
}

const hereOf = ({ id, name, roles }: Person): PersonHere => ({ id, name, roles });
