import type { Connection } from './connection.ts';

/** The connections of each person who is signed in, on this node. */
export class PeopleIndex {
  readonly #byUser = new Map<string, Connection | Set<Connection>>();

  add(userId: string, connection: Connection): void {
    const known = this.#byUser.get(userId);
    if (known === undefined) this.#byUser.set(userId, connection);
    else if (known instanceof Set) known.add(connection);
    else this.#byUser.set(userId, new Set([known, connection]));
  }

  remove(userId: string, connection: Connection): void {
    const known = this.#byUser.get(userId);
    if (known instanceof Set) {
      known.delete(connection);
      if (known.size === 0) this.#byUser.delete(userId);
    } else if (known === connection) this.#byUser.delete(userId);
  }

  /** @param channel canonical; null: wherever they are */
  of(userId: string, channel: string | null): Connection[] {
    const known = this.#byUser.get(userId);
    if (known === undefined) return [];
    const all = known instanceof Set ? [...known] : [known];
    return channel === null ? all : all.filter((one) => one.room?.channel.name === channel);
  }
}
