import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type {
  ServerMessage,
  ServerMessageOf,
  ServerMessageType,
} from '../../../platform/protocol/chat/server-messages.ts';

const WAIT_MS = 20_000;
/** A socket is closed for flooding beyond 50 frames a second; some of them are pongs. */
const MOST_WISHES_A_SECOND = 40;
const ANSWERS: ReadonlySet<string> = new Set(['ack', 'done', 'held', 'refused']);
let asked = 0;

export type Answered = ServerMessageOf<'ack' | 'done' | 'held' | 'refused'>;

/** A client that remembers what it was told, in order. */
export class ChatClient {
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<{ code: number }>;
  /** Everything heard, `beat` too. */
  readonly heard: ServerMessage[] = [];
  #unread: ServerMessage[] = [];
  readonly #waiting = new Set<() => void>();
  /** When what it asked and said last was sent, for as many as one second may have. */
  #sentAt: number[] = [];

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false });
    this.opened = once(this.socket, 'open');
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve({ code }));
    });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      this.heard.push(message);
      this.#unread.push(message);
      for (const look of [...this.#waiting]) look();
    });
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message of this type; what came before it is not looked at again. */
  next<T extends ServerMessageType>(
    type: T,
    matches: (message: ServerMessageOf<T>) => boolean = () => true,
  ): Promise<ServerMessageOf<T>> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting.delete(look);
        const types = this.heard
          .slice(-8)
          .map((message) => JSON.stringify(message).slice(0, 200))
          .join('\n');
        reject(new Error(`No such ${type} was heard, but:\n${types}`));
      }, WAIT_MS);
      const isIt = (message: ServerMessage): message is ServerMessageOf<T> & ServerMessage =>
        message.type === type && matches(message as ServerMessageOf<T>);
      const look = () => {
        const at = this.#unread.findIndex(isIt);
        const found = this.#unread[at];
        if (found === undefined || !isIt(found)) return;
        this.#unread = this.#unread.slice(at + 1);
        clearTimeout(limit);
        this.#waiting.delete(look);
        resolve(found as ServerMessageOf<T>);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Sends a wish and waits for what it is answered, refused or not. */
  ask(wish: { type: string; [field: string]: unknown }): Promise<Answered> {
    const id = typeof wish['id'] === 'string' ? wish['id'] : `ask-${++asked}`;
    const pauseMs = this.#pauseMs();
    if (pauseMs > 0) return delay(pauseMs).then(() => this.ask({ ...wish, id }));
    const from = this.heard.length;
    this.#sendWish({ ...wish, id });
    const isAnswer = (message: ServerMessage): message is Answered =>
      ANSWERS.has(message.type) && 'id' in message && message.id === id;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${JSON.stringify(wish).slice(0, 200)} was never answered.`));
      }, WAIT_MS);
      const look = () => {
        const answer = this.heard.slice(from).find(isAnswer);
        if (answer === undefined) return;
        clearTimeout(limit);
        this.#waiting.delete(look);
        resolve(answer);
      };
      this.#waiting.add(look);
      look();
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  get welcome(): ServerMessageOf<'welcome'> {
    const found = this.heard.find((message) => message.type === 'welcome');
    if (found === undefined) throw new Error('It was not welcomed.');
    return found;
  }

  /** Texts of every message told, in order. */
  get texts(): string[] {
    return this.heard.flatMap((message) =>
      message.type === 'messages' ? message.items.map((item) => item.text) : [],
    );
  }

  /** Says something and waits until it is kept. */
  async say(text: string, id = `${Math.random()}`): Promise<ServerMessageOf<'ack'>> {
    for (let ms = this.#pauseMs(); ms > 0; ms = this.#pauseMs()) await delay(ms);
    this.#sendWish({ type: 'send', id, text });
    return this.next('ack', (ack) => ack.id === id);
  }

  #sendWish(wish: object): void {
    this.#sentAt = [...this.#sentAt, performance.now()].slice(-MOST_WISHES_A_SECOND);
    this.send(wish);
  }

  /** How long the next one waits; 0 unless a fast machine would make it a flood. */
  #pauseMs(): number {
    const [first = 0] = this.#sentAt;
    if (this.#sentAt.length < MOST_WISHES_A_SECOND) return 0;
    return Math.max(0, Math.ceil(first + 1_000 - performance.now()));
  }

  /** Breaks without a word. */
  break(): void {
    this.socket.terminate();
  }

  end(): void {
    this.socket.close();
    this.socket.terminate();
  }
}
