import type { Clock } from '../platform/clock.ts';
import type { PersonHere } from '../platform/protocol/chat/server-messages.ts';
import { LastSeen } from './last-seen.ts';
import type { Presence, PresenceChange, PresenceSnapshot } from './presence.ts';
import { PresenceDiff, shownPeople } from './presence-diff.ts';
import { PresenceLeases } from './presence-leases.ts';

/** Twice a second. */
const TELL_EVERY_MS = 500;
/** Leases are looked through so seldom: it is a second in fifteen. */
const EXPIRE_EVERY = 2;

interface Listened {
  diff: PresenceDiff;
  listeners: Set<(change: PresenceChange) => void>;
}

/** Presence of one process. */
export function createMemoryPresence(options: { clock: Clock }): Presence {
  const { clock } = options;
  const channels = new Map<string, PresenceLeases>();
  const listened = new Map<string, Listened>();
  const seen = new LastSeen();
  let rounds = 0;

  const leasesOf = (channel: string): PresenceLeases => {
    const leases = channels.get(channel) ?? new PresenceLeases(clock);
    channels.set(channel, leases);
    return leases;
  };
  const tell = (channel: string, leases: PresenceLeases) => {
    const changed = leases.takeChanged();
    for (const userId of changed)
      if (leases.person(userId) === null) seen.note(channel, userId, clock.now());
    const known = listened.get(channel);
    const find = (userId: string) => leases.person(userId);
    const change = known?.diff.next(changed, { count: countOf(leases), find }) ?? null;
    if (change !== null) for (const listener of known?.listeners ?? []) listener(change);
    if (leases.isEmpty) channels.delete(channel);
  };
  const cancel = clock.every(TELL_EVERY_MS, () => {
    const isExpiry = ++rounds % EXPIRE_EVERY === 0;
    for (const [channel, leases] of channels) {
      if (isExpiry) leases.expire();
      tell(channel, leases);
    }
  });

  return {
    enter: (channel, leaseId, person) => leasesOf(channel).enter(leaseId, person),
    renew: (channel, leaseIds) => channels.get(channel)?.renew(leaseIds),
    leave(channel, leaseId, { linger }) {
      if (!linger) channels.get(channel)?.leave(leaseId);
    },
    snapshot: async (channel) => snapshotOf(channels.get(channel)),
    lastSeen: async (channel, userId) =>
      channels.get(channel)?.person(userId) == null ? seen.of(channel, userId) : clock.now(),
    subscribe(channel, listener) {
      const own = (change: PresenceChange) => listener(change);
      const known = listened.get(channel) ?? listen(channels.get(channel));
      listened.set(channel, known);
      known.listeners.add(own);
      return () => {
        known.listeners.delete(own);
        if (known.listeners.size === 0) listened.delete(channel);
      };
    },
    async close() {
      cancel();
      channels.clear();
      listened.clear();
    },
  };
}

function listen(leases: PresenceLeases | undefined): Listened {
  const people: Iterable<PersonHere> = leases?.people ?? [];
  return { diff: new PresenceDiff(snapshotOf(leases), people), listeners: new Set() };
}

function snapshotOf(leases: PresenceLeases | undefined): PresenceSnapshot {
  if (leases === undefined) return { count: 0, people: [] };
  return { count: countOf(leases), people: shownPeople(leases.people) };
}

const countOf = (leases: PresenceLeases): number => leases.guests + [...leases.people].length;
