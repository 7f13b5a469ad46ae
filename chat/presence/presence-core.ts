import type { Clock } from '../../platform/clock.ts';
import type { Presence } from './presence.ts';
import { type LocalChange, PresenceChannel } from './presence-channel.ts';

/** Twice a second. */
const TELL_EVERY_MS = 500;
/** Leases are looked through so seldom: it is a second in fifteen. */
const EXPIRE_EVERY = 2;

/** How the nodes know of each other's people. */
export interface PresenceLink {
  /** This node has begun to watch a channel: what others say goes into it. */
  open(name: string, channel: PresenceChannel): void;
  /** Resolves when the others have said who is there, as far as they answer in time. */
  ready(name: string): Promise<void>;
  tell(name: string, change: LocalChange): void;
  /** Called every half second. */
  tick(): void;
  close(name: string): void;
  noteSeen(name: string, userIds: string[], at: number): void;
  lastSeen(name: string, userId: string): Promise<number | null>;
  end(): Promise<void>;
}

/** Presence over leases of this node's connections, and what `link` says of other nodes. */
export function createPresence({ clock, link }: { clock: Clock; link: PresenceLink }): Presence {
  const channels = new Map<string, PresenceChannel>();
  let rounds = 0;

  const channelOf = (name: string): PresenceChannel => {
    const known = channels.get(name);
    if (known !== undefined) return known;
    const made = new PresenceChannel(clock);
    channels.set(name, made);
    link.open(name, made);
    return made;
  };
  const settle = (name: string, channel: PresenceChannel) => {
    const change = channel.settle();
    if (change !== null) {
      link.tell(name, change);
      if (change.left.length > 0) link.noteSeen(name, change.left, clock.now());
    }
    if (!channel.isUnused) return;
    channels.delete(name);
    link.close(name);
  };
  const cancel = clock.every(TELL_EVERY_MS, () => {
    const isExpiry = ++rounds % EXPIRE_EVERY === 0;
    link.tick();
    for (const [name, channel] of channels) {
      if (isExpiry) channel.leases.expire();
      settle(name, channel);
    }
  });

  return {
    enter: (name, leaseId, person) => channelOf(name).leases.enter(leaseId, person),
    renew: (name, leaseIds) => channels.get(name)?.leases.renew(leaseIds),
    leave(name, leaseId, { linger }) {
      if (!linger) channels.get(name)?.leases.leave(leaseId);
    },
    async snapshot(name) {
      const channel = channelOf(name);
      await link.ready(name);
      return channel.snapshot();
    },
    lastSeen: async (name, userId) =>
      channels.get(name)?.person(userId) == null ? link.lastSeen(name, userId) : clock.now(),
    subscribe: (name, listener) => channelOf(name).listen(listener),
    async close() {
      cancel();
      for (const name of channels.keys()) link.close(name);
      channels.clear();
      await link.end();
    },
  };
}
