import { retryDelayMs } from '../../web/client/events/retry-delay.ts';
import { LoadSocket } from './chat-load-socket.ts';
import { type ChatWire, WIRES, type WireName } from './chat-wire.ts';

/** What a client says and hears when it comes back. */
interface Comeback {
  greeting(client: ReturningClient): string;
  /** Offsets in the welcome; null: it began afresh. */
  resumedWith(client: ReturningClient, text: string): number[] | null;
  /** What the next comeback has to say of a frame. */
  placeOf(text: string): string;
}

const offsetsIn = (text: string): number[] =>
  [...text.matchAll(/"offset":(\d+)/g)].map((match) => Number(match[1]));

const COMEBACKS: Record<WireName, Comeback> = {
  footlight: {
    greeting: ({ last, session, token }) =>
      JSON.stringify({
        type: 'hello',
        ...(token !== null && { token }),
        ...(session !== null && { after: { offset: last, epoch: session } }),
      }),
    // The last one in the welcome is that of the whole log.
    resumedWith(client, text) {
      client.session = /"epoch":"([^"]+)"/.exec(text)?.[1] ?? null;
      if (client.last === 0) client.last = offsetsIn(text).at(-1) ?? 0;
      if (!text.includes('"resumed":true')) return null;
      return offsetsIn(text.slice(text.indexOf('"history":'))).slice(0, -1);
    },
    placeOf: () => '',
  },
  'socket.io': {
    greeting: ({ session, place }) =>
      `40${session === null ? '' : JSON.stringify({ pid: session, offset: place })}`,
    resumedWith(client, text) {
      const session = /"pid":"([^"]+)"/.exec(text)?.[1] ?? null;
      const isSame = session === client.session;
      client.session = session;
      return isSame ? [] : null;
    },
    placeOf: (text) => text.slice(text.lastIndexOf(',') + 2, -2),
  },
};

interface Frame {
  offsets: number[];
  place: string;
}

/** By first offset and length: a frame is the same at all clients, so it is read once. */
const framesRead = new Map<number, Frame>();
const OFFSET = Buffer.from('"offset":');

function readFrame(comeback: Comeback, payload: Buffer): Frame {
  let first = 0;
  for (let at = payload.indexOf(OFFSET) + OFFSET.length; ; at++) {
    const digit = (payload[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    first = first * 10 + digit;
  }
  const key = first * 1_048_576 + payload.length;
  const known = framesRead.get(key);
  if (known !== undefined) return known;
  const text = payload.toString('latin1');
  const read = { offsets: offsetsIn(text), place: comeback.placeOf(text) };
  framesRead.set(key, read);
  return read;
}

/** What all clients of the process add up. */
export const returned = { notResumed: 0, retries: 0, lost: 0, repeated: 0, longestGap: 0 };

/** A client that comes back by itself, as the page's does. */
export class ReturningClient {
  last = 0;
  /** Epoch, or socket.io's secret id. */
  session: string | null = null;
  /** socket.io's name for the place of the newest packet. */
  place = '';
  readonly token: string | null;
  readonly #wire: WireName;
  readonly #at: { port: number; localAddress: string };
  readonly #onIn: (client: ReturningClient) => void;
  readonly #onHeard: (client: ReturningClient) => void;
  #socket: LoadSocket | null = null;
  #attempt = 0;
  #comebacks = 0;

  constructor(options: {
    wire: WireName;
    port: number;
    localAddress: string;
    token: string | null;
    onIn: (client: ReturningClient) => void;
    onHeard: (client: ReturningClient) => void;
  }) {
    this.#wire = options.wire;
    this.#at = { port: options.port, localAddress: options.localAddress };
    this.token = options.token;
    this.#onIn = options.onIn;
    this.#onHeard = options.onHeard;
  }

  connect(): void {
    const comeback = COMEBACKS[this.#wire];
    const known = WIRES[this.#wire];
    const wire: ChatWire = {
      ...known,
      greeting: () => comeback.greeting(this),
      isWelcome: (text) => known.isWelcome(text) && this.#enter(comeback, text),
    };
    const messagesStart = Buffer.from(wire.messagesStart);
    const socket = new LoadSocket({ ...this.#at, token: null, messagesStart }, wire, {
      onWelcome: () => this.#onIn(this),
      onMessages: (_, payload) => this.#hear(comeback, payload),
      onOther: () => undefined,
      onClosed: () => this.#retry(socket),
    });
    this.#socket = socket;
  }

  send(id: string, text: string): void {
    this.#socket?.send(WIRES[this.#wire].send(id, text));
  }

  drop(): void {
    this.#socket?.close();
  }

  #enter(comeback: Comeback, text: string): boolean {
    const before = this.last;
    const offsets = comeback.resumedWith(this, text);
    if (this.#comebacks++ > 0) {
      if (offsets === null) returned.notResumed += 1;
      for (const offset of offsets ?? []) this.#take(offset);
      returned.longestGap = Math.max(returned.longestGap, this.last - before);
    }
    this.#attempt = 0;
    return true;
  }

  #hear(comeback: Comeback, payload: Buffer): void {
    const { offsets, place } = readFrame(comeback, payload);
    for (const offset of offsets) this.#take(offset);
    this.place = place;
    this.#onHeard(this);
  }

  #take(offset: number): void {
    if (this.last !== 0 && offset !== this.last + 1) {
      if (offset > this.last) returned.lost += offset - this.last - 1;
      else returned.repeated += 1;
    }
    this.last = Math.max(this.last, offset);
  }

  #retry(socket: LoadSocket): void {
    if (socket !== this.#socket) return;
    if (this.#attempt > 0) returned.retries += 1;
    setTimeout(() => this.connect(), retryDelayMs(this.#attempt++));
  }
}
