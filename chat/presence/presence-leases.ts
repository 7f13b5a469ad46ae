import type { Clock } from '../../platform/clock.ts';
import type { PersonHere } from '../../platform/protocol/chat/server-messages.ts';
import { LEASE_MS } from './presence.ts';

interface Lease {
  person: PersonHere;
  /** Wall ms of the last pong. */
  renewedAt: number;
}

/** A person here by one or more leases. */
interface Held {
  person: PersonHere;
  leases: number;
}

const isGuest = ({ roles }: PersonHere): boolean => roles.includes('guest');

/**
 * Who is in one channel on this node: leases, and those who hold them. Guests are only counted:
 * each is another visit, so their leases are their number.
 */
export class PresenceLeases {
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();
  readonly #people = new Map<string, Held>();
  #guests = 0;
  /** People of whom something changed since `takeChanged`. */
  #changed = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get guests(): number {
    return this.#guests;
  }

  get peopleCount(): number {
    return this.#people.size;
  }

  get isEmpty(): boolean {
    return this.#leases.size === 0;
  }

  /** Those who are signed in. */
  person(userId: string): PersonHere | null {
    return this.#people.get(userId)?.person ?? null;
  }

  get people(): Iterable<PersonHere> {
    return Array.from(this.#people.values(), (held) => held.person);
  }

  enter(leaseId: string, person: PersonHere): void {
    const known = this.#leases.get(leaseId);
    if (known !== undefined) this.leave(leaseId);
    this.#leases.set(leaseId, { person, renewedAt: this.#clock.now() });
    if (isGuest(person)) {
      this.#guests++;
      return;
    }
    const held = this.#people.get(person.id);
    this.#people.set(person.id, { person, leases: (held?.leases ?? 0) + 1 });
    this.#changed.add(person.id);
  }

  renew(leaseIds: readonly string[]): void {
    const now = this.#clock.now();
    for (const leaseId of leaseIds) {
      const lease = this.#leases.get(leaseId);
      if (lease !== undefined) lease.renewedAt = now;
    }
  }

  leave(leaseId: string): void {
    const lease = this.#leases.get(leaseId);
    if (lease === undefined) return;
    this.#leases.delete(leaseId);
    if (isGuest(lease.person)) {
      this.#guests--;
      return;
    }
    const held = this.#people.get(lease.person.id);
    if (held === undefined) return;
    held.leases--;
    if (held.leases > 0) return;
    this.#people.delete(lease.person.id);
    this.#changed.add(lease.person.id);
  }

  /** Ends the leases that were not renewed in time. */
  expire(): void {
    const oldest = this.#clock.now() - LEASE_MS;
    for (const [leaseId, lease] of this.#leases) if (lease.renewedAt < oldest) this.leave(leaseId);
  }

  takeChanged(): Set<string> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }
}
