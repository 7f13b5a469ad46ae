import type { Request, Response } from 'express';
import { messagesFrame } from '../log/log-window.ts';
import type { Room } from '../sockets/room.ts';
import { type RoomView, viewOf, viewOfSlice } from '../sockets/room-view.ts';
import { findAsker, readQuery } from './asker.ts';
import { openingFields, type ReadParts } from './read.ts';

const BEAT_EVERY_MS = 10_000;
const RENEW_EVERY_MS = 5_000;
/** Entries within it go out together. */
const GATHER_MS = 40;
const MOST_UNSENT_BYTES = 256 * 1024;
const RETRY_MS = 2_000;
const BEAT = 'event: beat\ndata: {"type":"beat"}\n\n';

/** Server-sent events: the same log for those who cannot open a WebSocket. */
export function createStreamer(parts: ReadParts) {
  const { clock } = parts;

  return async (req: Request, res: Response): Promise<void> => {
    const asker = await findAsker(parts, req);
    const { room, isStaff, standing } = asker;
    const { after } = readQuery(req, room);
    const release = parts.places.take(req.ip ?? '', () => res.destroy());
    res.once('close', release);
    const lastId = Number(req.get('last-event-id') ?? Number.NaN);
    const from = Number.isInteger(lastId)
      ? { offset: lastId, epoch: after?.epoch ?? room.window.epoch }
      : after;
    const opening = await openingFields(parts, asker);
    const view = await viewOf(room, { after: from, isStaff }, clock.now());
    if (res.destroyed) return;
    open(res);
    res.write(`event: welcome\ndata: ${welcomeData(view, room, opening)}\n\n${eventsOf(view)}`);
    const reader = new StreamReader({ parts, res, room, isStaff, sent: view.offset });
    const lease = parts.newId();
    parts.presenceTeller.enter(room, lease, standing.person);
    const cancels = [
      room.follow(() => reader.gather()),
      clock.every(BEAT_EVERY_MS, () => reader.write(BEAT)),
      clock.every(RENEW_EVERY_MS, () => parts.presence.renew(room.channel.name, [lease])),
      parts.places.onStop(() => res.end()),
    ];
    // What came while it was being opened.
    reader.gather();
    res.once('close', () => {
      for (const cancel of cancels) cancel();
      parts.presenceTeller.leave(room, lease, { linger: !asker.isGuest });
    });
  };
}

function open(res: Response): void {
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  res.req.socket.setTimeout(0);
  res.write(`retry: ${RETRY_MS}\n\n`);
}

/** As on a socket, without the history: that follows as `messages`. */
function welcomeData(view: RoomView, room: Room, opening: Record<string, string>): string {
  const fields = {
    type: '"welcome"',
    channel: JSON.stringify(room.channel.name),
    ...opening,
    resumed: String(view.resumed),
    history: '[]',
    offset: String(view.offset),
    epoch: JSON.stringify(view.epoch),
  };
  const pairs = Object.entries(fields).map(([name, value]) => `"${name}":${value}`);
  return `{${pairs.join(',')}}`;
}

/** One event a frame; the id of each is how far the reader is when it has all of them. */
function eventsOf(view: RoomView): string {
  const messages = view.items.length === 0 ? [] : [['messages', messagesFrame(view.items)]];
  const others = view.events.map((json) => {
    const { type }: { type: string } = JSON.parse(json);
    return [type, json];
  });
  return [...messages, ...others]
    .map(([type, data]) => `event: ${type}\nid: ${view.offset}\ndata: ${data}\n\n`)
    .join('');
}

/** One open stream. */
class StreamReader {
  readonly #made: { parts: ReadParts; res: Response; room: Room; isStaff: boolean };
  #sent: number;
  #isGathering = false;

  constructor(made: {
    parts: ReadParts;
    res: Response;
    room: Room;
    isStaff: boolean;
    sent: number;
  }) {
    this.#made = made;
    this.#sent = made.sent;
  }

  gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#made.parts.clock.after(GATHER_MS, () => {
      this.#isGathering = false;
      this.#flush();
    });
  }

  write(text: string): void {
    const { res } = this.#made;
    if (res.destroyed || res.writableEnded) return;
    // It comes back by itself, with the id of what it had last.
    if (res.writableLength > MOST_UNSENT_BYTES) res.destroy();
    else res.write(text);
  }

  #flush(): void {
    const { parts, res, room, isStaff } = this.#made;
    const { window } = room;
    if (this.#sent < window.start) {
      res.end();
      return;
    }
    const slice = {
      entries: window.slice(this.#sent, window.newest),
      offset: window.newest,
      epoch: window.epoch,
      resumed: true,
    };
    const view = viewOfSlice(slice, { room, isStaff, now: parts.clock.now() });
    if (view.offset <= this.#sent) return;
    this.#sent = view.offset;
    const text = eventsOf(view);
    if (text !== '') this.write(text);
  }
}
