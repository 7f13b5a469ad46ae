import type { BusFacts } from '../../platform/bus.ts';
import type { ClientMessageOf } from '../../platform/protocol/chat/client-messages.ts';
import type { ServerMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { ChatParts } from '../chat-parts.ts';
import type { Entry } from '../log/broker.ts';
import type { Wish } from '../rules/rules.ts';
import { ClosingTime } from './closing-time.ts';
import type { Connection, ConnectionHost } from './connection.ts';
import { enter } from './entering.ts';
import { hearFacts } from './facts-heard.ts';
import { beatSlot, DEFAULT_HEARTBEAT, type HeartbeatTimes } from './heartbeat.ts';
import { Pacer } from './pacer.ts';
import { PeopleIndex } from './people-index.ts';
import { PresenceTeller } from './presence-teller.ts';
import { refusedBy } from './refused.ts';
import type { Room, RoomHost } from './room.ts';
import { Rooms } from './rooms.ts';
import { faults, socketsGauge } from './socket-metrics.ts';
import { readmit } from './standing-watch.ts';
import { Typing } from './typing.ts';

export interface HubTimes extends HeartbeatTimes {
  helloWithinMs: number;
}

const DEFAULT_TIMES: HubTimes = { ...DEFAULT_HEARTBEAT, helloWithinMs: 5_000 };
const TICK_MS = 100;
const SWEEP_EVERY_TICKS = 50;
/** Consecutive multiples of it lie far apart: slots that are made one after the other. */
const GOLDEN = 0.618_033_988_75;

/** All chat connections of this node, and what reaches them. */
export class Hub implements ConnectionHost, RoomHost {
  readonly #parts: ChatParts;
  readonly #times: HubTimes;
  readonly clock: ChatParts['clock'];
  readonly pacer: Pacer;
  readonly rooms: Rooms;
  readonly #people = new PeopleIndex();
  readonly presence: PresenceTeller;
  readonly #typing: Typing;
  readonly #all = new Set<Connection>();
  /** Those who have not said hello, in the order in which they came. */
  readonly #silent = new Set<Connection>();
  #cancels: (() => void)[] = [];
  #ticks = 0;
  #phases = 0;

  constructor(parts: ChatParts, times: Partial<HubTimes> = {}) {
    this.#parts = parts;
    this.#times = { ...DEFAULT_TIMES, ...times };
    this.clock = parts.clock;
    this.pacer = new Pacer(parts.clock);
    this.rooms = new Rooms(parts, this);
    this.presence = new PresenceTeller(parts.presence);
    this.#typing = new Typing({
      clock: parts.clock,
      countOf: (room) => this.presence.countOf(room),
    });
  }

  get size(): number {
    return this.#all.size;
  }

  get pingEveryMs(): number {
    return this.#times.pingEveryMs;
  }

  start(): void {
    this.#cancels = [
      this.clock.every(TICK_MS, () => this.#tick()),
      hearFacts(this.#parts.bus, {
        rooms: this.rooms,
        people: this.#people,
        typing: this.#typing,
        readmit: (fact) => void this.#readmit(fact),
      }),
    ];
  }

  /** Closes every socket with a come-back code, spread out so that it is a ripple. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    await new ClosingTime(this.clock).close(this.#all);
    this.pacer.close();
    this.rooms.close();
  }

  accept(connection: Connection): void {
    this.#all.add(connection);
    this.#silent.add(connection);
    socketsGauge.inc();
  }

  now(): number {
    return this.clock.now();
  }

  nextPhase(): number {
    return (this.#phases++ * GOLDEN) % 1;
  }

  async enter(connection: Connection, hello: ClientMessageOf<'hello'>): Promise<void> {
    this.#silent.delete(connection);
    await enter({ ...this.#parts, rooms: this.rooms, presence: this.presence }, connection, hello);
    if (connection.state !== 'open' || connection.identity === null) return;
    this.#people.add(connection.identity.userId, connection);
  }

  async grant(connection: Connection, wish: Wish): Promise<ServerMessage | null> {
    const { room, person, address } = connection;
    if (room === null || person === null) return null;
    const id = 'id' in wish ? wish.id : undefined;
    try {
      const { channel } = room;
      return await this.#parts.rules.execute({ channel, person, address, wish });
    } catch (error) {
      const { answer, isFault } = refusedBy(error, id);
      if (isFault) {
        faults.inc();
        this.#parts.log.error({ err: error, wish: wish.type }, 'a chat wish failed');
      }
      return answer;
    }
  }

  fault(error: unknown): void {
    faults.inc();
    this.#parts.log.error({ err: error }, 'handling a chat frame failed');
  }

  hearTyping(connection: Connection): void {
    const fact = this.#typing.hear(connection);
    if (fact !== null) this.#parts.bus.publish('chat:typing', fact);
  }

  leave(connection: Connection, code: number): void {
    this.#all.delete(connection);
    this.#silent.delete(connection);
    socketsGauge.dec();
    const { room, person, identity } = connection;
    if (identity !== null) this.#people.remove(identity.userId, connection);
    if (room === null || person === null) return;
    room.remove(connection);
    this.presence.leave(room, connection.visit, { linger: identity !== null && mayReturn(code) });
  }

  onEntries(room: Room, entries: Entry[]): void {
    for (const entry of entries) {
      this.#parts.rules.observe(room.channel, entry);
      if (entry.kind !== 'sanction') continue;
      const { user }: { user: string } = JSON.parse(entry.json);
      void this.#readmit({ channel: room.channel.name, userId: user });
    }
  }

  onReset(room: Room): void {
    this.#parts.log.warn({ channel: room.channel.name }, 'the chat log began anew');
    for (const slot of room.slots)
      for (const connection of [...slot.connections]) connection.close('goingAway');
  }

  onClosed(room: Room): void {
    this.presence.forget(room);
    this.#typing.forget(room);
  }

  #readmit(fact: BusFacts['chat:standing-changed']): Promise<void> {
    return readmit({ ...this.#parts, people: this.#people, presence: this.presence }, fact);
  }

  #tick(): void {
    const now = this.clock.now();
    for (const connection of this.#silent) {
      if (now - connection.openedAt < this.#times.helloWithinMs) break;
      this.#silent.delete(connection);
      connection.close('noHello');
    }
    const at = { now, times: this.#times, presence: this.#parts.presence };
    for (const room of this.rooms.open) for (const slot of room.slots) beatSlot(room, slot, at);
    if (++this.#ticks % SWEEP_EVERY_TICKS === 0) this.rooms.sweep();
  }
}

/** The tab was not closed and nobody sent them away: they may be in a tunnel. */
const mayReturn = (code: number): boolean =>
  code !== 1000 && code !== 1001 && code !== 1005 && (code < 4500 || code > 4999);
