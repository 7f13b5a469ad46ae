import type { Request, Response } from 'express';
import { AppError } from '../../platform/errors.ts';
import type { ChatParts } from '../chat-parts.ts';
import type { House } from '../rules/house.ts';
import type { PresenceTeller } from '../sockets/presence-teller.ts';
import type { Room } from '../sockets/room.ts';
import { hasNews, type RoomView, viewOf, viewText } from '../sockets/room-view.ts';
import type { Rooms } from '../sockets/rooms.ts';
import { youOf } from '../sockets/welcome.ts';
import { type Asker, findAsker, readQuery } from './asker.ts';
import type { FallbackPlaces } from './places.ts';
import { RoomWaiters } from './waiters.ts';

const PAGE_MESSAGES = 100;

export interface ReadParts extends ChatParts {
  rooms: Rooms;
  presenceTeller: PresenceTeller;
  places: FallbackPlaces;
  house: House;
}

/** Polling, short and long, and pages of what was said before. */
export function createReader(parts: ReadParts) {
  const waiters = new WeakMap<Room, RoomWaiters>();
  const waitersOf = (room: Room): RoomWaiters => {
    const known = waiters.get(room) ?? new RoomWaiters(room, parts.clock);
    waiters.set(room, known);
    return known;
  };

  return async (req: Request, res: Response): Promise<void> => {
    const asker = await findAsker(parts, req);
    const { room } = asker;
    const { after, before, waitMs } = readQuery(req, room);
    if (before !== null) {
      const items = await parts.archive.before(room.channel.name, before, PAGE_MESSAGES);
      return send(res, viewText({ items, events: [], ...before, resumed: true }));
    }
    const asked = { after, isStaff: asker.isStaff };
    const view = await viewOf(room, asked, parts.clock.now());
    if (after === null) return send(res, viewText(view, await openingFields(parts, asker)));
    if (waitMs === 0 || hasNews(view)) return send(res, viewText(view));
    await hold(parts, waitersOf(room), { res, req, view, waitMs, isStaff: asker.isStaff });
  };
}

/** What somebody needs who begins: the rest of a socket's `welcome`. */
export async function openingFields(
  parts: ReadParts,
  asker: Asker,
): Promise<Record<string, string>> {
  const { room, standing } = asker;
  const { modes, pinned } = await parts.rules.opening(room.channel, standing.person);
  room.setDelay(modes.delay * 1_000);
  return {
    you: JSON.stringify(youOf(standing)),
    modes: JSON.stringify(modes),
    pinned: JSON.stringify(pinned),
    presence: await parts.presenceTeller.snapshot(room),
  };
}

async function hold(
  parts: ReadParts,
  waiters: RoomWaiters,
  held: { req: Request; res: Response; view: RoomView; waitMs: number; isStaff: boolean },
): Promise<void> {
  const { res, view, waitMs } = held;
  const release = parts.places.take(held.req.ip ?? '', () => res.destroy());
  const stop = waiters.add({
    after: view.offset,
    isStaff: held.isStaff,
    answer: (text) => send(res, text),
  });
  const cancel = parts.clock.after(waitMs, () => {
    stop();
    send(res, viewText(view));
  });
  const unstop = parts.places.onStop(() => send(res, viewText(view)));
  res.once('close', () => {
    cancel();
    stop();
    unstop();
    release();
  });
}

function send(res: Response, text: string): void {
  if (res.headersSent || res.destroyed) return;
  res.status(200).type('json').send(text);
}

export const unavailable = (): AppError =>
  new AppError({
    code: 'chat_unavailable',
    message: 'The chat of this server is just starting or stopping: try again in a moment.',
    status: 503,
    retryable: true,
  });
