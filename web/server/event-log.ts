import type { EventOf, EventType } from '../../platform/protocol/events.ts';

/** One event as it goes over the wire. */
export interface Frame {
  sequence: number;
  channel: string;
  bytes: Buffer;
}

/** Null: all channels. */
export type Filter = ReadonlySet<string> | null;

export const passes = (filter: Filter, channel: string): boolean =>
  filter === null || filter.has(channel);

export function encodeEvent<T extends EventType>(event: EventOf<T>, id: string | null): Buffer {
  const idLine = id === null ? '' : `id: ${id}\n`;
  return Buffer.from(`${idLine}event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`);
}

/**
 * The recent past of `/events`, for connections that come back: the newest `capacity` stream
 * events, and of viewer counts only each channel's latest. Ids are `EPOCH-SEQUENCE`; the epoch is
 * new with every start of the server, so that ids of another life are never mistaken.
 */
export interface EventLog {
  append(event: EventOf<'stream.live' | 'stream.interrupted' | 'stream.offline'>): Frame;
  appendViewers(event: EventOf<'viewers'>): Frame;
  /** Id of the newest event. */
  lastId(): string;
  /** What came after `id`, oldest first; null when that is no longer known. */
  after(id: string, filter: Filter): Frame[] | null;
}

export function createEventLog(options: { epoch: string; capacity: number }): EventLog {
  const recent: Frame[] = [];
  const viewers = new Map<string, Frame>();
  let sequence = 0;
  let forgotten = 0;

  const idOf = (number: number) => `${options.epoch}-${number}`;
  const frameOf = <T extends EventType>(
    event: EventOf<T> & { data: { channel: string } },
  ): Frame => {
    sequence += 1;
    return { sequence, channel: event.data.channel, bytes: encodeEvent(event, idOf(sequence)) };
  };
  const sequenceOf = (id: string): number | null => {
    const [epoch, number] = id.split(/-(?=\d+$)/);
    const parsed = Number(number);
    if (epoch !== options.epoch || !Number.isSafeInteger(parsed)) return null;
    return parsed > sequence || parsed < forgotten ? null : parsed;
  };

  return {
    append(event) {
      const frame = frameOf(event);
      recent.push(frame);
      if (recent.length > options.capacity) forgotten = recent.shift()?.sequence ?? forgotten;
      return frame;
    },
    appendViewers(event) {
      const frame = frameOf(event);
      viewers.set(event.data.channel, frame);
      return frame;
    },
    lastId: () => idOf(sequence),
    after(id, filter) {
      const since = sequenceOf(id);
      if (since === null) return null;
      return [...recent, ...viewers.values()]
        .filter((frame) => frame.sequence > since && passes(filter, frame.channel))
        .sort((a, b) => a.sequence - b.sequence);
    },
  };
}
