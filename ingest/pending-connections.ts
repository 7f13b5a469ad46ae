import type { Clock } from '../platform/clock.ts';
import { addressGroup } from './address-group.ts';
import type { IngestLimits } from './worker-messages.ts';

/** A connection that does not publish (yet). */
export interface PendingConnection {
  readonly address: string;
  /** Null before its first byte. */
  readonly connection: { readonly handshakeDone: boolean } | null;
}

export type PendingCut = 'silent' | 'no_publish' | 'crowded';

interface Waiting {
  deadlineAt: number;
  group: string;
}

/**
 * Connections on their way to publish. Whoever does not come to it is cut: at its deadline, or the
 * most idle first when they crowd, all together or from one address.
 */
export class PendingConnections<T extends PendingConnection> {
  readonly #limits: IngestLimits;
  readonly #clock: Clock;
  readonly #cut: (pending: T, reason: PendingCut) => void;
  readonly #waiting = new Map<T, Waiting>();
  readonly #byGroup = new Map<string, Set<T>>();

  /** `cut` ends the connection; it is forgotten by then. */
  constructor(limits: IngestLimits, clock: Clock, cut: (pending: T, reason: PendingCut) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#cut = cut;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(pending: T): void {
    const group = addressGroup(pending.address);
    const deadlineAt = this.#clock.now() + this.#limits.handshakeMs;
    this.#waiting.set(pending, { deadlineAt, group });
    const neighbours = this.#byGroup.get(group) ?? new Set();
    this.#byGroup.set(group, neighbours.add(pending));
    this.#makeRoom(neighbours);
  }

  /** It publishes, or is gone. */
  forget(pending: T): void {
    const group = this.#waiting.get(pending)?.group ?? '';
    this.#waiting.delete(pending);
    const neighbours = this.#byGroup.get(group);
    neighbours?.delete(pending);
    if (neighbours?.size === 0) this.#byGroup.delete(group);
  }

  /** Those that count as coming from the same address. */
  from(address: string): Iterable<T> {
    return this.#byGroup.get(addressGroup(address)) ?? [];
  }

  /** Cuts those that are past their deadlines. Call it a few times a second. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [pending, { deadlineAt }] of this.#waiting) {
      const spoke = pending.connection?.handshakeDone === true;
      const extraMs = spoke ? this.#limits.publishMs : 0;
      if (now > deadlineAt + extraMs) this.#end(pending, spoke ? 'no_publish' : 'silent');
    }
  }

  #makeRoom(neighbours: Set<T>): void {
    const { maxPending, maxPendingPerAddress } = this.#limits;
    if (neighbours.size > maxPendingPerAddress) this.#end(mostIdle(neighbours), 'crowded');
    if (this.#waiting.size > maxPending) this.#end(mostIdle(this.#waiting.keys()), 'crowded');
  }

  #end(pending: T | undefined, reason: PendingCut): void {
    if (pending === undefined) return;
    this.forget(pending);
    this.#cut(pending, reason);
  }
}

/** The oldest that has not finished its handshake, else the oldest; never the newest. */
function mostIdle<T extends PendingConnection>(candidates: Iterable<T>): T | undefined {
  const older = [...candidates].slice(0, -1);
  return older.find(({ connection }) => connection?.handshakeDone !== true) ?? older[0];
}
