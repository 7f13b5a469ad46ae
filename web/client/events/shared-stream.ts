import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { createEventConnection } from './event-connection.ts';
import { applyEvent, emptyLiveState, snapshotOf } from './live-state.ts';
import { covers, eventsUrl, unite, type Wish } from './wishes.ts';

/** Wishes change in bursts (a page mounts): they are taken together after this. */
const SETTLE_MS = 30;

export type Deliver = (event: ServerEvent) => void;

/** One connection to `/events` for many tabs. */
export interface SharedStream {
  /** `fresh`: this member wants to be told where things stand. */
  wish(member: Deliver, wish: Wish, fresh: boolean): void;
  leave(member: Deliver): void;
  wake(): void;
}

export function createSharedStream(): SharedStream {
  const members = new Map<Deliver, Wish>();
  const unserved = new Set<Deliver>();
  let opened: Wish | null = null;
  let state = emptyLiveState();
  let stateKnown = false;
  let settling: ReturnType<typeof setTimeout> | undefined;

  const connection = createEventConnection((event) => {
    applyEvent(state, event);
    if (event.type === 'snapshot') {
      stateKnown = true;
      unserved.clear();
    }
    for (const [deliver, wish] of members) if (wish.listening) deliver(event);
  });

  const serve = () => {
    if (!stateKnown) return;
    const event: ServerEvent = { type: 'snapshot', data: snapshotOf(state) };
    for (const deliver of unserved) deliver(event);
    unserved.clear();
  };
  const reopen = (wanted: Wish) => {
    const resume = opened !== null && stateKnown && covers(opened, wanted);
    if (!resume) {
      state = emptyLiveState();
      stateKnown = false;
    }
    opened = wanted;
    connection.open((lastEventId) => eventsUrl(wanted, lastEventId), resume);
  };
  const settle = () => {
    settling = undefined;
    const wanted = unite(members.values());
    if (wanted === null) {
      opened = null;
      stateKnown = false;
      connection.close();
    } else if (JSON.stringify(wanted) !== JSON.stringify(opened)) reopen(wanted);
    serve();
  };
  const settleSoon = () => {
    if (settling === undefined) settling = setTimeout(settle, SETTLE_MS);
  };

  return {
    wish(member, wish, fresh) {
      members.set(member, wish);
      if (fresh && wish.listening) unserved.add(member);
      settleSoon();
    },
    leave(member) {
      if (!members.delete(member)) return;
      unserved.delete(member);
      settleSoon();
    },
    wake: () => connection.wake(),
  };
}
