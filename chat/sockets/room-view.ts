import type { LogSlice, Position } from '../log/broker.ts';
import { dueOnly, historyOf } from './history.ts';
import type { Room } from './room.ts';

/** What the fallbacks tell of a room, as JSON that is ready. */
export interface RoomView extends Position {
  /** Messages. */
  items: string[];
  /** Frames of everything else: what was deleted, cleared, pinned, and how modes changed. */
  events: string[];
  /** False: the newest messages, because there is no way on from where the asker was. */
  resumed: boolean;
}

export interface Asked {
  after: Position | null;
  isStaff: boolean;
}

/** @throws AppError `chat_unavailable` */
export async function viewOf(
  room: Room,
  { after, isStaff }: Asked,
  now: number,
): Promise<RoomView> {
  return viewOfSlice(await room.log.sliceAfter(after), { room, isStaff, now });
}

export function viewOfSlice(
  slice: LogSlice,
  { room, isStaff, now }: { room: Room; isStaff: boolean; now: number },
): RoomView {
  const due = isStaff || room.delayMs === 0 ? slice : dueOnly(slice, now - room.delayMs);
  const told = due.resumed ? due.entries.filter((entry) => entry.offset <= due.offset) : [];
  const events = told.filter((entry) => entry.kind !== 'message' && entry.kind !== 'sanction');
  return {
    items: historyOf(due, []).items,
    events: events.map((entry) => entry.json),
    offset: due.offset,
    epoch: due.epoch,
    resumed: due.resumed,
  };
}

export const hasNews = ({ items, events, resumed }: RoomView): boolean =>
  items.length > 0 || events.length > 0 || !resumed;

/** @param more further fields, as JSON */
export function viewText(view: RoomView, more: Record<string, string> = {}): string {
  const fields = {
    items: `[${view.items.join(',')}]`,
    ...(view.events.length > 0 && { events: `[${view.events.join(',')}]` }),
    offset: String(view.offset),
    epoch: JSON.stringify(view.epoch),
    resumed: String(view.resumed),
    ...more,
  };
  return `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`;
}
