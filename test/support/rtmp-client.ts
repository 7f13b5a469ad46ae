import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type Amf = null | undefined | boolean | number | string | { [name: string]: Amf };

export interface RtmpMessage {
  type: number;
  payload: Buffer;
  timestamp?: number;
  streamId?: number;
  chunkStream?: number;
}

/** `onStatus`, `_result` or `_error` from the server. */
export interface RtmpAnswer {
  name: string;
  values: unknown[];
  /** Of the information object: `NetStream.Publish.Start`. */
  code: string | null;
  description: string | null;
}

const HANDSHAKE_BYTES = 1536;
const OUT_CHUNK_SIZE = 4096;

/** An RTMP client of the tests' own: says what an encoder says, and what none would. */
export class RtmpClient {
  readonly socket: Socket;
  readonly answers: RtmpAnswer[] = [];
  /** Resolves when the connection is over, in whatever way. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #handshakeDone = false;
  #waiting: (() => void)[] = [];
  #reader = new ChunkReader((type, payload) => this.#message(type, payload));
  #outChunkSize = 128;
  #isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        resolve();
        this.#wake();
      });
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
  }

  static async open(options: { port: number; tls?: boolean }): Promise<RtmpClient> {
    const { port, tls = false } = options;
    const socket = tls
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      : createConnection({ port, host: '127.0.0.1', noDelay: true });
    const client = new RtmpClient(socket);
    await once(socket, tls ? 'secureConnect' : 'connect');
    return client;
  }

  /** As far as an accepted publish. Throws when the server refuses. */
  static async publishing(options: { port: number; key: string }): Promise<RtmpClient> {
    const client = await RtmpClient.open(options);
    await client.handshake();
    await client.connect();
    const answer = await client.publish(options.key);
    if (answer?.code !== 'NetStream.Publish.Start') {
      throw new Error(`publish was answered with ${answer?.code}: ${answer?.description}`);
    }
    return client;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async handshake(): Promise<void> {
    this.socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(HANDSHAKE_BYTES, 1)]));
    await this.#until(() => this.#received.length >= 1 + 2 * HANDSHAKE_BYTES);
    this.socket.write(this.#received.subarray(1, 1 + HANDSHAKE_BYTES));
    this.#handshakeDone = true;
    const rest = this.#received.subarray(1 + 2 * HANDSHAKE_BYTES);
    this.#reader.push(rest);
  }

  async connect(options: { [name: string]: Amf } = {}): Promise<RtmpAnswer | null> {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(OUT_CHUNK_SIZE);
    this.send({ type: 1, payload: size, chunkStream: 2 });
    this.#outChunkSize = OUT_CHUNK_SIZE;
    const tcUrl = 'rtmp://127.0.0.1/live';
    const command = { app: 'live', type: 'nonprivate', flashVer: 'FMLE/3.0 (test)', tcUrl };
    this.command('connect', 1, { ...command, ...options });
    return this.answer();
  }

  /** `createStream` and `publish`; the answer to the latter, null when the server just closes. */
  async publish(key: Amf): Promise<RtmpAnswer | null> {
    this.command('createStream', 4, null);
    await this.answer();
    this.send({ type: 20, streamId: 1, payload: encodeAmf('publish', 5, null, key, 'live') });
    return this.answer();
  }

  command(name: string, transactionId: number, ...values: Amf[]): void {
    this.send({ type: 20, payload: encodeAmf(name, transactionId, ...values) });
  }

  metadata(metadata: { [name: string]: Amf }): void {
    const payload = encodeAmf('@setDataFrame', 'onMetaData', metadata);
    this.send({ type: 18, payload, streamId: 1, chunkStream: 4 });
  }

  /** The next answer that was not read yet; null when the connection ends instead. */
  async answer(): Promise<RtmpAnswer | null> {
    await this.#until(() => this.answers.length > 0 || this.#isClosed);
    return this.answers.shift() ?? null;
  }

  send(message: RtmpMessage): void {
    this.socket.write(chunked(message, this.#outChunkSize));
  }

  raw(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }

  #data(chunk: Buffer): void {
    if (this.#handshakeDone) this.#reader.push(chunk);
    else this.#received = Buffer.concat([this.#received, chunk]);
    this.#wake();
  }

  #message(type: number, payload: Buffer): void {
    if (type !== 20) return;
    const values = decodeAmf(payload);
    const info = values.at(-1);
    const field = (name: string) => {
      const value = typeof info === 'object' && info !== null ? Reflect.get(info, name) : null;
      return typeof value === 'string' ? value : null;
    };
    const [code, description] = [field('code'), field('description')];
    this.answers.push({ name: String(values[0]), values, code, description });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isClosed) return;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** One message in chunks (RTMP 1.0, section 5.3): type 0, then type 3. */
export function chunked(message: RtmpMessage, chunkSize: number): Buffer {
  const { type, payload, timestamp = 0, streamId = 0, chunkStream = 3 } = message;
  const extended = timestamp >= 0xffffff;
  const head = Buffer.alloc(12);
  head[0] = chunkStream;
  head.writeUIntBE(extended ? 0xffffff : timestamp, 1, 3);
  head.writeUIntBE(payload.length, 4, 3);
  head[7] = type;
  head.writeUInt32LE(streamId, 8);
  const more = Buffer.alloc(4);
  more.writeUInt32BE(timestamp >>> 0);
  const parts: Uint8Array[] = [head, ...(extended ? [more] : [])];
  for (let position = 0; position < payload.length; position += chunkSize) {
    if (position > 0) parts.push(Buffer.from([0xc0 | chunkStream]), ...(extended ? [more] : []));
    parts.push(payload.subarray(position, position + chunkSize));
  }
  return Buffer.concat(parts);
}

export function encodeAmf(...values: Amf[]): Buffer {
  return Buffer.concat(values.map(encodeOne));
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
};

function encodeOne(value: Amf): Buffer {
  if (value === null) return Buffer.from([5]);
  if (value === undefined) return Buffer.from([6]);
  if (typeof value === 'boolean') return Buffer.from([1, value ? 1 : 0]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), text(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  const entries = Object.entries(value).flatMap(([name, item]) => [text(name), encodeOne(item)]);
  return Buffer.concat([Buffer.from([3]), ...entries, Buffer.from([0, 0, 9])]);
}

/** What servers answer with: numbers, strings, booleans, null and objects of these. */
function decodeAmf(bytes: Buffer): unknown[] {
  let position = 0;
  const string = (): string => {
    const length = bytes.readUInt16BE(position);
    position += 2 + length;
    return bytes.toString('utf8', position - length, position);
  };
  const value = (): unknown => {
    const marker = bytes[position++];
    if (marker === 0) {
      position += 8;
      return bytes.readDoubleBE(position - 8);
    }
    if (marker === 1) return bytes[position++] !== 0;
    if (marker === 2) return string();
    if (marker !== 3) return null;
    const object: Record<string, unknown> = {};
    for (let name = string(); name !== ''; name = string()) object[name] = value();
    position += 1;
    return object;
  };
  const values: unknown[] = [];
  while (position < bytes.length) values.push(value());
  return values;
}

/** The server's chunks: it sends type 0 headers and continues with type 3. */
class ChunkReader {
  readonly #onMessage: (type: number, payload: Buffer) => void;
  #bytes = Buffer.alloc(0);
  #chunkSize = 128;
  #message: { type: number; length: number; parts: Buffer[]; got: number } | null = null;

  constructor(onMessage: (type: number, payload: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#chunk());
  }

  /** False: more bytes are needed. */
  #chunk(): boolean {
    const bytes = this.#bytes;
    const continued = (bytes[0] ?? 0) >> 6 === 3;
    const headLength = continued ? 1 : 12;
    if (bytes.length < headLength) return false;
    const message =
      continued && this.#message !== null
        ? this.#message
        : { type: bytes[7] ?? 0, length: bytes.readUIntBE(4, 3), parts: [], got: 0 };
    const size = Math.min(this.#chunkSize, message.length - message.got);
    if (bytes.length < headLength + size) return false;
    message.parts.push(bytes.subarray(headLength, headLength + size));
    message.got += size;
    this.#message = message;
    this.#bytes = bytes.subarray(headLength + size);
    if (message.got === message.length) this.#finish(message.type, Buffer.concat(message.parts));
    return this.#bytes.length > 0;
  }

  #finish(type: number, payload: Buffer): void {
    this.#message = null;
    if (type === 1) this.#chunkSize = payload.readUInt32BE(0);
    else this.#onMessage(type, payload);
  }
}
