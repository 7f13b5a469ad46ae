import type { LogWindow } from '../log/log-window.ts';
import type { Connection } from './connection.ts';
import type { Flushable } from './pacer.ts';
import { deliveries, socketWrites } from './socket-metrics.ts';

/** Sockets of one slot: written to in about 2 ms. */
export const SLOT_SIZE = 250;

/** What a slot asks its room. */
export interface SlotRoom {
  readonly window: LogWindow;
  /** The offset up to which those in this slot may have been told now. */
  dueOffset(slot: Slot): number;
}

/** Connections of a room that are told everything together, pinged together, and counted together. */
export class Slot implements Flushable {
  readonly phase: number;
  readonly isStaff: boolean;
  readonly connections: Connection[] = [];
  /** Everybody in it has been told what the log says up to here. */
  sent: number;
  /** Wall ms. */
  spokeAt: number;
  nextPingAt: number;
  readonly #room: SlotRoom;
  #now: () => number;
  /** Frames that are in no log: presence, typing. */
  #extras: Buffer[] = [];

  constructor(
    room: SlotRoom,
    options: { isStaff: boolean; phase: number; now: () => number; pingEveryMs: number },
  ) {
    this.#room = room;
    this.#now = options.now;
    this.isStaff = options.isStaff;
    this.phase = options.phase;
    this.sent = room.dueOffset(this);
    this.spokeAt = options.now();
    this.nextPingAt = options.now() + options.phase * options.pingEveryMs;
  }

  get size(): number {
    return this.connections.length;
  }

  add(connection: Connection): void {
    connection.slot = this;
    connection.place = this.connections.length;
    this.connections.push(connection);
  }

  remove(connection: Connection): void {
    const last = this.connections.pop();
    if (last !== undefined && last !== connection) {
      this.connections[connection.place] = last;
      last.place = connection.place;
    }
    connection.slot = null;
  }

  addExtra(frame: Buffer): void {
    this.#extras.push(frame);
  }

  flush(): void {
    const upTo = this.#room.dueOffset(this);
    const { window } = this.#room;
    const extra = this.#extras.length === 0 ? null : Buffer.concat(this.#extras);
    this.#extras = [];
    const shared = joined(window.frames(this.sent, upTo), extra);
    let writes = 0;
    let told = 0;
    // A connection that is closed for its slowness takes its leave later, not within this loop.
    for (const connection of this.connections) {
      const { sent } = connection;
      const bytes =
        sent === this.sent ? shared : joined(sent < upTo ? window.frames(sent, upTo) : null, extra);
      if (upTo > sent) {
        told += upTo - sent;
        connection.sent = upTo;
      }
      if (bytes === null) continue;
      writes++;
      connection.write(bytes);
    }
    this.sent = Math.max(this.sent, upTo);
    if (writes === 0) return;
    this.spokeAt = this.#now();
    socketWrites.inc(writes);
    deliveries.inc(told);
  }
}

function joined(first: Buffer | null, second: Buffer | null): Buffer | null {
  if (first === null || second === null) return first ?? second;
  return Buffer.concat([first, second]);
}
