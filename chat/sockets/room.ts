import type { Channel } from '../../platform/channels.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Entry } from '../log/broker.ts';
import { ChannelLog } from '../log/channel-log.ts';
import type { LogWindow } from '../log/log-window.ts';
import type { Connection } from './connection.ts';
import { frameJson } from './frames.ts';
import type { Pacer } from './pacer.ts';
import { SLOT_SIZE, Slot, type SlotRoom } from './slot.ts';

/** What a room asks of the hub, which holds all of them. */
export interface RoomHost {
  clock: Clock;
  pacer: Pacer;
  pingEveryMs: number;
  nextPhase(): number;
  /** Before anybody is told of them. */
  onEntries(room: Room, entries: Entry[]): void;
  /** The log begins anew: everybody has to start afresh. */
  onReset(room: Room): void;
  onClosed(room: Room): void;
}

/** One channel's chat on this node: its log, and the connections that are told of it. */
export class Room implements SlotRoom {
  readonly channel: Channel;
  readonly #host: RoomHost;
  #log: ChannelLog | null = null;
  readonly #slots: Slot[] = [];
  #delayMs = 0;
  #cancelDelay: (() => void) | null = null;
  /** Told of new entries beside the slots: long polls and event streams. */
  readonly #followers = new Set<() => void>();
  #size = 0;

  private constructor(host: RoomHost, channel: Channel) {
    this.#host = host;
    this.channel = channel;
  }

  static async open(
    host: RoomHost,
    channel: Channel,
    broker: Parameters<typeof ChannelLog.open>[0],
  ): Promise<Room> {
    const room = new Room(host, channel);
    room.#log = await ChannelLog.open(broker, channel.name, {
      onEntries: (entries) => room.#hear(entries),
      onReset: () => host.onReset(room),
      toldOffset: () => Math.min(...room.#slots.map((slot) => slot.sent)),
    });
    return room;
  }

  get log(): ChannelLog {
    if (this.#log === null) throw new TypeError('The room is not open.');
    return this.#log;
  }

  get window(): LogWindow {
    return this.log.window;
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /** Connections in it. */
  get size(): number {
    return this.#size;
  }

  get isIdle(): boolean {
    return this.#size === 0 && this.#followers.size === 0;
  }

  /** How much later those see everything who do not moderate. */
  get delayMs(): number {
    return this.#delayMs;
  }

  setDelay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  dueOffset(slot: { isStaff: boolean }): number {
    if (slot.isStaff || this.#delayMs === 0) return this.window.newest;
    return this.window.newestOf(this.#host.clock.now() - this.#delayMs);
  }

  add(connection: Connection, isStaff: boolean): void {
    let slot = this.#slots.find((one) => one.isStaff === isStaff && one.size < SLOT_SIZE);
    if (slot === undefined) {
      const { clock, pingEveryMs } = this.#host;
      const phase = this.#host.nextPhase();
      slot = new Slot(this, { isStaff, phase, now: clock.now, pingEveryMs });
      this.#slots.push(slot);
    }
    slot.add(connection);
    this.#size++;
    this.#host.pacer.resize(1);
    // Something may have come between its welcome's reading and now.
    if (connection.sent < slot.sent) this.#host.pacer.wake([slot]);
  }

  remove(connection: Connection): void {
    const { slot } = connection;
    if (slot === null) return;
    slot.remove(connection);
    this.#size--;
    this.#host.pacer.resize(-1);
    if (slot.size > 0) return;
    this.#slots.splice(this.#slots.indexOf(slot), 1);
    this.#host.pacer.forget(slot);
  }

  /** A frame of no log, for everybody or those who moderate. */
  tell(frame: Buffer, to: 'everybody' | 'staff' | 'audience' = 'everybody'): void {
    const slots = this.#slots.filter(
      (slot) => to === 'everybody' || slot.isStaff === (to === 'staff'),
    );
    for (const slot of slots) slot.addExtra(frame);
    this.#host.pacer.wake(slots);
  }

  /** `listener` is called when there may be something new to read. */
  follow(listener: () => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  close(): void {
    this.#cancelDelay?.();
    this.#log?.close();
    for (const slot of this.#slots) this.#host.pacer.forget(slot);
    this.#host.onClosed(this);
  }

  #hear(entries: Entry[]): void {
    this.#host.onEntries(this, entries);
    for (const entry of entries) if (entry.kind === 'mode') this.#takeDelay(entry);
    this.#host.pacer.expect(entries.length * this.#size);
    if (this.#delayMs === 0) {
      this.#host.pacer.wake(this.#slots);
      this.#callFollowers();
      return;
    }
    this.#tellRemovalsEarly(entries);
    this.#host.pacer.wake(this.#slots.filter((slot) => slot.isStaff));
    this.#wakeWhenDue();
  }

  #takeDelay(entry: Entry): void {
    const frame: { modes: { delay: number } } = JSON.parse(entry.json);
    this.setDelay(frame.modes.delay * 1_000);
  }

  /** What is deleted goes at once also for those who see the rest later. */
  #tellRemovalsEarly(entries: Entry[]): void {
    const offset = this.dueOffset({ isStaff: false });
    for (const entry of entries) {
      if (entry.kind !== 'deleted' && entry.kind !== 'cleared') continue;
      this.tell(frameJson({ ...JSON.parse(entry.json), offset }), 'audience');
    }
  }

  #wakeWhenDue(): void {
    const due = this.dueOffset({ isStaff: false });
    const [next] = this.window.slice(due, due + 1);
    if (this.#cancelDelay !== null || next === undefined) return;
    const waitMs = Math.max(1, next.at + this.#delayMs - this.#host.clock.now());
    this.#cancelDelay = this.#host.clock.after(waitMs, () => {
      this.#cancelDelay = null;
      this.#host.pacer.wake(this.#slots.filter((slot) => !slot.isStaff));
      this.#callFollowers();
      this.#wakeWhenDue();
    });
  }

  #callFollowers(): void {
    for (const call of [...this.#followers]) call();
  }
}
