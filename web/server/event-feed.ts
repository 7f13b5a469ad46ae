import type { EventConnection } from './event-connection.ts';
import { createEventLog, encodeEvent, type Filter, type Frame, passes } from './event-log.ts';
import { createLiveStreams } from './live-streams.ts';
import type { Viewers } from './viewers.ts';
import type { WebContext } from './web-context.ts';

const BEAT_EVERY_MS = 15_000;
/** Changed viewer counts go out together, at most this often. */
const VIEWERS_EVERY_MS = 1_000;
/** Stream events kept for connections that come back. */
const REMEMBERED_EVENTS = 512;
const BEAT = Buffer.concat([
  Buffer.from(': beat\n'),
  encodeEvent({ type: 'beat', data: {} }, null),
]);

/** Everything that `/events` says, to everyone who is connected. */
export interface EventFeed {
  start(): Promise<void>;
  stop(): void;
  /** Sends what was missed since `lastEventId`, or where things stand; then all that follows. */
  join(connection: EventConnection, since: { lastEventId: string | null; asked: string[] }): void;
  leave(connection: EventConnection): void;
}

export function createEventFeed(context: WebContext, viewers: Viewers): EventFeed {
  const { clock } = context;
  const connections = new Set<EventConnection>();
  const log = createEventLog({ epoch: context.newId(), capacity: REMEMBERED_EVENTS });
  let timers: (() => void)[] = [];

  const broadcast = (frames: Frame[]) => {
    if (frames.length === 0) return;
    const together = Buffer.concat(frames.map((frame) => frame.bytes));
    for (const connection of connections) {
      if (connection.filter === null) connection.send(together);
      else for (const frame of frames) sendIfAsked(connection, frame);
    }
  };
  const streams = createLiveStreams(context, (event) => broadcast([log.append(event)]));
  const announceViewers = () =>
    broadcast(
      viewers
        .takeChanged()
        .map((channel) =>
          log.appendViewers({ type: 'viewers', data: { channel, viewers: viewers.of(channel) } }),
        ),
    );
  const beat = () => {
    for (const connection of connections) connection.send(BEAT);
  };
  const snapshot = (filter: Filter, asked: string[]): Buffer => {
    const live = streams
      .all()
      .filter((stream) => passes(filter, stream.channel))
      .map((stream) => ({ ...stream, viewers: viewers.of(stream.channel) }));
    const counts = asked.map((channel) => ({ channel, viewers: viewers.of(channel) }));
    return encodeEvent({ type: 'snapshot', data: { live, viewers: counts } }, log.lastId());
  };

  return {
    async start() {
      await streams.start();
      timers = [clock.every(BEAT_EVERY_MS, beat), clock.every(VIEWERS_EVERY_MS, announceViewers)];
    },
    stop() {
      for (const cancel of timers) cancel();
      timers = [];
      streams.stop();
      for (const connection of connections) connection.end();
      connections.clear();
    },
    join(connection, { lastEventId, asked }) {
      const missed = lastEventId === null ? null : log.after(lastEventId, connection.filter);
      if (missed === null) connection.send(snapshot(connection.filter, asked));
      else if (missed.length > 0)
        connection.send(Buffer.concat(missed.map((frame) => frame.bytes)));
      connections.add(connection);
    },
    leave: (connection) => void connections.delete(connection),
  };
}

function sendIfAsked(connection: EventConnection, frame: Frame): void {
  if (passes(connection.filter, frame.channel)) connection.send(frame.bytes);
}
