import type { Duplex } from 'node:stream';
import type { Identity } from '../../platform/identity.ts';
import type { ClientMessageOf } from '../../platform/protocol/chat/client-messages.ts';
import { CLOSE } from '../../platform/protocol/chat/close-codes.ts';
import type { ServerMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Person } from '../rules/person.ts';
import type { Wish } from '../rules/rules.ts';
import type { AddressPlaces } from './address-places.ts';
import type { ChatSocket } from './chat-socket.ts';
import { frameJson, framePong } from './frames.ts';
import { hear, refuseBusy } from './hearing.ts';
import type { Room } from './room.ts';
import type { Slot } from './slot.ts';
import { socketsClosed } from './socket-metrics.ts';

/** More than anybody types, buttons and pings included. */
const FRAMES_PER_SECOND = 50;
/** Frames that wait for the one before them. */
const MOST_WAITING = 16;
/** What may wait for a reader: ten seconds of a busy room, beyond what the kernel holds. */
export const MOST_UNSENT_BYTES = 256 * 1024;

/** What a connection asks of the hub. */
export interface ConnectionHost {
  now(): number;
  /** Welcomes it, or closes it. */
  enter(connection: Connection, hello: ClientMessageOf<'hello'>): Promise<void>;
  /** Never throws: the answer may be a refusal. */
  grant(connection: Connection, wish: Wish): Promise<ServerMessage | null>;
  hearTyping(connection: Connection): void;
  leave(connection: Connection, code: number): void;
  /** What should not have happened. */
  fault(error: unknown): void;
}

/** One socket of one person in one channel. There are tens of thousands: fields, no timers. */
export class Connection {
  readonly #host: ConnectionHost;
  readonly #socket: ChatSocket;
  /** Below `ws`: for bytes that are framed already. */
  readonly #raw: Duplex;
  readonly channelName: string;
  readonly address: string;
  /** Names this visit: the lease of its presence, and a guest's id. */
  readonly visit: string;
  readonly #places: AddressPlaces | null;
  /** By the session cookie of its upgrade; null when there was none, and once it was asked. */
  cookieIdentity: Promise<Identity | null> | null;
  readonly openedAt: number;

  state: 'new' | 'entering' | 'open' | 'closed' = 'new';
  identity: Identity | null = null;
  person: Person | null = null;
  room: Room | null = null;
  slot: Slot | null = null;
  /** Index in its slot. */
  place = 0;
  /** Offset of the log up to which it has been told. */
  sent = 0;
  unansweredPings = 0;

  #second = 0;
  #framesInSecond = 0;
  #isBusy = false;
  #waiting: string[] | null = null;

  constructor(
    host: ConnectionHost,
    made: {
      socket: ChatSocket;
      raw: Duplex;
      channelName: string;
      address: string;
      /** Where its address holds a place; null: it got none, and is closed. */
      places: AddressPlaces | null;
      visit: string;
      cookieIdentity: Promise<Identity | null> | null;
    },
  ) {
    this.#host = host;
    this.#socket = made.socket;
    this.#raw = made.raw;
    this.channelName = made.channelName;
    this.address = made.address;
    this.#places = made.places;
    this.visit = made.visit;
    this.cookieIdentity = made.cookieIdentity;
    this.openedAt = host.now();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Writes framed bytes; a reader that is too far behind is closed instead. */
  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    if (this.#raw.writableLength > MOST_UNSENT_BYTES) this.close('tooSlow');
    else this.#raw.write(bytes);
  }

  send(message: ServerMessage): void {
    this.write(frameJson(message));
  }

  close(reason: keyof typeof CLOSE): void {
    if (!this.isOpen) return;
    socketsClosed.inc({ reason });
    this.#socket.close(CLOSE[reason]);
    // Whoever floods is not read any further; the socket is ended when its time is over.
    if (reason === 'flooding') this.#socket.pause();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (!this.isOpen || !this.#isWithinRate()) return;
    if (isBinary) {
      this.close('badMessage');
      return;
    }
    const text = data.toString();
    if (!this.#isBusy) {
      this.#isBusy = true;
      void this.#handle(text);
      return;
    }
    this.#waiting ??= [];
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(text);
    else refuseBusy(this, text);
  }

  answerPing(payload: Buffer): void {
    if (this.#isWithinRate()) this.write(framePong(payload));
  }

  hearPong(): void {
    if (this.#isWithinRate()) this.unansweredPings = 0;
  }

  leave(code: number): void {
    if (this.state === 'closed') return;
    this.#places?.release(this.address);
    this.#host.leave(this, code);
    this.state = 'closed';
    this.#waiting = null;
  }

  #isWithinRate(): boolean {
    const second = Math.floor(this.#host.now() / 1_000);
    if (second !== this.#second) this.#framesInSecond = 0;
    this.#second = second;
    this.#framesInSecond++;
    if (this.#framesInSecond <= FRAMES_PER_SECOND) return true;
    this.close('flooding');
    return false;
  }

  /** One frame after the other, so that what was sent first happens first. */
  async #handle(first: string): Promise<void> {
    let text: string | undefined = first;
    while (text !== undefined && this.isOpen) {
      try {
        await hear(this.#host, this, text);
      } catch (error) {
        // Nobody foresaw it: it ends this connection, and no other.
        this.#host.fault(error);
        this.close('unavailable');
      }
      text = this.#waiting?.shift();
    }
    this.#waiting = null;
    this.#isBusy = false;
  }
}
