import type { Clock } from '../../platform/clock.ts';
import type { PersonHere } from '../../platform/protocol/chat/server-messages.ts';
import type { PresenceChange, PresenceSnapshot } from './presence.ts';
import { PresenceDiff, shownPeople } from './presence-diff.ts';
import { PresenceLeases } from './presence-leases.ts';

/** Those who are in a channel by the word of another node. */
export interface RemotePeople {
  guests: number;
  people: Map<string, PersonHere>;
}

/** What changed here, for other nodes. */
export interface LocalChange {
  guests: number;
  joined: PersonHere[];
  left: string[];
}

/** Who is in one channel, on this node and on the others. */
export class PresenceChannel {
  readonly leases: PresenceLeases;
  /** By node. */
  readonly remotes = new Map<string, RemotePeople>();
  readonly listeners = new Set<(change: PresenceChange) => void>();
  #diff: PresenceDiff | null = null;
  #remoteChanged = new Set<string>();
  #toldGuests = 0;

  constructor(clock: Clock) {
    this.leases = new PresenceLeases(clock);
  }

  get isUnused(): boolean {
    return this.leases.isEmpty && this.listeners.size === 0;
  }

  person(userId: string): PersonHere | null {
    const here = this.leases.person(userId);
    if (here !== null) return here;
    for (const { people } of this.remotes.values()) {
      const person = people.get(userId);
      if (person !== undefined) return person;
    }
    return null;
  }

  get people(): PersonHere[] {
    const all = new Map<string, PersonHere>();
    for (const { people } of this.remotes.values())
      for (const [id, person] of people) all.set(id, person);
    for (const person of this.leases.people) all.set(person.id, person);
    return [...all.values()];
  }

  get count(): number {
    let guests = this.leases.guests;
    for (const remote of this.remotes.values()) guests += remote.guests;
    const isAlone = [...this.remotes.values()].every(({ people }) => people.size === 0);
    return guests + (isAlone ? this.leases.peopleCount : this.people.length);
  }

  snapshot(): PresenceSnapshot {
    return { count: this.count, people: shownPeople(this.people) };
  }

  listen(listener: (change: PresenceChange) => void): () => void {
    this.#diff ??= new PresenceDiff({ count: this.count, people: [] }, this.people);
    const own = (change: PresenceChange) => listener(change);
    this.listeners.add(own);
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size === 0) this.#diff = null;
    };
  }

  /** Another node said who came and went there. */
  applyRemote(node: string, { guests, joined, left }: LocalChange): void {
    const remote = this.remotes.get(node) ?? { guests: 0, people: new Map() };
    this.remotes.set(node, remote);
    remote.guests = guests;
    for (const person of joined) remote.people.set(person.id, person);
    for (const userId of left) remote.people.delete(userId);
    for (const { id } of joined) this.#remoteChanged.add(id);
    for (const userId of left) this.#remoteChanged.add(userId);
  }

  /** Another node said who is there; nothing of before counts. */
  replaceRemote(node: string, guests: number, people: readonly PersonHere[]): void {
    const before = this.remotes.get(node)?.people.keys() ?? [];
    const now = new Set(people.map(({ id }) => id));
    const left = [...before].filter((userId) => !now.has(userId));
    this.applyRemote(node, { guests, joined: [...people], left });
  }

  dropRemote(node: string): void {
    const remote = this.remotes.get(node);
    this.remotes.delete(node);
    for (const userId of remote?.people.keys() ?? []) this.#remoteChanged.add(userId);
  }

  /** Tells the listeners what changed; returns what other nodes have to know. Null: nothing. */
  settle(): LocalChange | null {
    const changed = this.leases.takeChanged();
    const remoteChanged = this.#remoteChanged;
    this.#remoteChanged = new Set();
    const find = (userId: string) => this.person(userId);
    const all = remoteChanged.size === 0 ? changed : new Set([...changed, ...remoteChanged]);
    const change = this.#diff?.next(all, { count: this.count, find }) ?? null;
    if (change !== null) for (const listener of this.listeners) listener(change);
    return this.#localChange(changed);
  }

  #localChange(changed: ReadonlySet<string>): LocalChange | null {
    const { guests } = this.leases;
    if (changed.size === 0 && guests === this.#toldGuests) return null;
    this.#toldGuests = guests;
    const joined = [...changed].flatMap((userId) => this.leases.person(userId) ?? []);
    const left = [...changed].filter((userId) => this.leases.person(userId) === null);
    return { guests, joined, left };
  }
}
