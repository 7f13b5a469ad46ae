import type { Presence } from '../presence/presence.ts';
import { BEAT, PING, PING_AND_BEAT } from './frames.ts';
import type { Room } from './room.ts';
import type { Slot } from './slot.ts';

export interface HeartbeatTimes {
  pingEveryMs: number;
  /** A line as quiet as this is given a beat, since browsers do not see pings. */
  beatAfterMs: number;
}

export const DEFAULT_HEARTBEAT: HeartbeatTimes = { pingEveryMs: 5_000, beatAfterMs: 10_000 };
const MOST_UNANSWERED = 3;

/** Pings a slot when its time has come, and renews the leases of those who answered the last one. */
export function beatSlot(
  room: Room,
  slot: Slot,
  at: { now: number; times: HeartbeatTimes; presence: Presence },
): void {
  const { now, times } = at;
  const isPingDue = now >= slot.nextPingAt;
  const quietMs = now - slot.spokeAt;
  // A beat that would be due before the next ping goes with this one: one write instead of two.
  const isBeatDue = quietMs >= times.beatAfterMs - (isPingDue ? times.pingEveryMs / 2 : 0);
  if (!isPingDue && !isBeatDue) return;
  if (isBeatDue) slot.spokeAt = now;
  if (!isPingDue) {
    for (const connection of slot.connections) connection.write(BEAT);
    return;
  }
  slot.nextPingAt += times.pingEveryMs * Math.ceil((now + 1 - slot.nextPingAt) / times.pingEveryMs);
  const answered: string[] = [];
  const bytes = isBeatDue ? PING_AND_BEAT : PING;
  for (const connection of slot.connections) {
    if (connection.unansweredPings === 0) answered.push(connection.visit);
    if (isOver(connection.person?.expiresAt ?? null, now)) connection.close('tokenExpired');
    else if (connection.unansweredPings >= MOST_UNANSWERED) connection.close('silent');
    else {
      connection.unansweredPings++;
      connection.write(bytes);
    }
  }
  at.presence.renew(room.channel.name, answered);
}

const isOver = (expiresAt: number | null, now: number): boolean =>
  expiresAt !== null && now >= expiresAt;
