import { connect, type Socket } from 'node:net';
import { type ChatWire, CLOSE, clientFrame, PING, PONG, TEXT } from './chat-wire.ts';

const READ_BYTES = 256 * 1024;
// One buffer for all sockets of the process: each read is finished with before the next.
const shared = Buffer.allocUnsafe(READ_BYTES);
const PONG_FRAME = clientFrame(PONG, '');
const HEAD_END = Buffer.from('\r\n\r\n');

export interface SocketEvents {
  onWelcome(socket: LoadSocket): void;
  /** The payload lies in a buffer that is used again. */
  onMessages(socket: LoadSocket, payload: Buffer): void;
  onOther(text: string): void;
  onClosed(code: number): void;
}

/** A WebSocket client reduced to what a load needs. */
export class LoadSocket {
  readonly #socket: Socket;
  readonly #wire: ChatWire;
  readonly #events: SocketEvents;
  readonly #token: string | null;
  readonly #messagesStart: Buffer;
  #isUpgraded = false;
  #isIn = false;
  #rest: Buffer | null = null;
  #closeCode = 1006;
  /** Offset of the newest message; 0: none yet. */
  last = 0;

  constructor(
    at: { port: number; localAddress: string; token: string | null; messagesStart: Buffer },
    wire: ChatWire,
    events: SocketEvents,
  ) {
    this.#wire = wire;
    this.#events = events;
    this.#token = at.token;
    this.#messagesStart = at.messagesStart;
    this.#socket = connect({
      host: '127.0.0.1',
      port: at.port,
      localAddress: at.localAddress,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (size) => {
          this.#read(shared.subarray(0, size));
          return true;
        },
      },
    });
    this.#socket.on('connect', () => this.#socket.write(upgradeRequest(wire.path)));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => events.onClosed(this.#closeCode));
  }

  send(text: string): void {
    this.#socket.write(clientFrame(TEXT, text));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    let at = this.#isUpgraded ? 0 : this.#readHead(bytes);
    while (at < bytes.length) {
      const next = this.#readFrame(bytes, at);
      if (next === at) break;
      at = next;
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }

  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    if (bytes.toString('latin1', 9, 12) !== '101') {
      this.#socket.destroy();
      return bytes.length;
    }
    this.#isUpgraded = true;
    this.send(this.#wire.greeting(this.#token));
    return end + HEAD_END.length;
  }

  /** Returns where the next frame begins; the same place when this one is not complete. */
  #readFrame(bytes: Buffer, at: number): number {
    if (!this.#isUpgraded || bytes.length < at + 2) return at;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < at + headLength) return at;
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + headLength;
    if (bytes.length < start + length) return at;
    this.#take((bytes[at] ?? 0) & 0x0f, bytes.subarray(start, start + length));
    return start + length;
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.#socket.write(PONG_FRAME);
    else if (opcode === CLOSE) this.#closeCode = payload.readUInt16BE(0);
    else if (opcode === TEXT) {
      const start = this.#messagesStart;
      if (
        payload.length > start.length &&
        payload.compare(start, 0, start.length, 0, start.length) === 0
      )
        this.#events.onMessages(this, payload);
      else this.#takeText(payload.toString());
    }
  }

  #takeText(text: string): void {
    const reply = this.#wire.reply(text);
    if (reply !== null) this.send(reply);
    else if (!this.#isIn && this.#wire.isWelcome(text)) {
      this.#isIn = true;
      this.#events.onWelcome(this);
    } else this.#events.onOther(text);
  }
}

const upgradeRequest = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: bench',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '\r\n',
  ].join('\r\n');
