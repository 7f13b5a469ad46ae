import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What all clients were told, over every death of a server. */
export class ChatLedger {
  /** By client id, which is also the text: the server's id and the offset. */
  readonly acked = new Map<string, { message: string; offset: number }>();
  /** Messages that one client was shown twice, or acknowledged as two. */
  repeated = 0;
  readonly refusals = new Map<string, number>();

  ack(id: string, message: string, offset: number): void {
    const before = this.acked.get(id);
    if (before !== undefined && before.message !== message) this.repeated += 1;
    this.acked.set(id, { message, offset });
  }
}

interface Item {
  id: string;
  offset: number;
  text: string;
}

/** Of the server's frames, what a client that survives it reads. */
interface Frame {
  type: string;
  id?: string;
  message?: string;
  offset?: number;
  epoch?: string;
  code?: string;
  retryAfterMs?: number;
  resumed?: boolean;
  history?: Item[];
  items?: Item[];
}

const RETURN_MS = 100;
/** Twenty in 30 s is what the rules let one person say. */
const PAUSE_MS = 1_550;

/** A client as a page is one: it comes back, asks for the gap, and sends again what was not answered. */
export class ChatSurvivor {
  readonly #ports: () => number[];
  readonly #token: string | null;
  readonly #ledger: ChatLedger;
  #socket: WebSocket | null = null;
  #position: { offset: number; epoch: string } | null = null;
  #shown = new Map<string, string>();
  #unsent: string | null = null;
  #stopped = false;

  /** @param ports of the nodes that may be tried; null token: a guest, who only reads */
  constructor(options: { ports: () => number[]; token: string | null; ledger: ChatLedger }) {
    this.#ports = options.ports;
    this.#token = options.token;
    this.#ledger = options.ledger;
  }

  get shown(): ReadonlyMap<string, string> {
    return this.#shown;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#visit();
      await delay(randomInt(RETURN_MS) + RETURN_MS);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.terminate();
  }

  async #visit(): Promise<void> {
    const ports = this.#ports();
    const port = ports[randomInt(ports.length)];
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat/live`);
    this.#socket = socket;
    socket.on('open', () => this.#hello(socket));
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)), socket));
    await new Promise<void>((resolve) => {
      socket.on('error', () => socket.terminate());
      socket.on('close', () => resolve());
    });
  }

  #hello(socket: WebSocket): void {
    const hello = {
      type: 'hello',
      ...(this.#token !== null && { token: this.#token }),
      ...(this.#position !== null && { after: this.#position }),
    };
    socket.send(JSON.stringify(hello));
  }

  #receive(frame: Frame, socket: WebSocket): void {
    if (frame.type === 'welcome') this.#enter(frame, socket);
    else if (frame.type === 'messages') this.#show(frame.items ?? []);
    else if (frame.type === 'ack' && frame.id === this.#unsent) {
      this.#ledger.ack(frame.id ?? '', frame.message ?? '', frame.offset ?? -1);
      this.#unsent = null;
      this.#speakIn(PAUSE_MS + randomInt(PAUSE_MS / 5), socket);
    } else if (frame.type === 'refused') {
      const { code = 'unknown' } = frame;
      this.#ledger.refusals.set(code, (this.#ledger.refusals.get(code) ?? 0) + 1);
      this.#speakIn(frame.retryAfterMs ?? 200, socket);
    }
  }

  #enter({ resumed, history = [], offset = 0, epoch = '' }: Frame, socket: WebSocket): void {
    if (resumed !== true) this.#shown = new Map();
    this.#show(history);
    this.#position = { offset, epoch };
    if (this.#token !== null) this.#speakIn(randomInt(PAUSE_MS), socket);
  }

  #show(items: Item[]): void {
    for (const { id, offset, text } of items) {
      if (this.#shown.has(text)) this.#ledger.repeated += 1;
      this.#shown.set(text, id);
      if (this.#position !== null) this.#position.offset = offset;
    }
  }

  #speakIn(ms: number, socket: WebSocket): void {
    setTimeout(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      this.#unsent ??= randomUUID();
      socket.send(JSON.stringify({ type: 'send', id: this.#unsent, text: this.#unsent }));
    }, ms);
  }
}
