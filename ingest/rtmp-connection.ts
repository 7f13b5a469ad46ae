import type { Socket } from 'node:net';
import type { AppError } from '../platform/errors.ts';
import type { AmfValue } from './amf0.ts';
import { type PublishRequest, RtmpSession } from './rtmp-session.ts';

/** An encoder has nothing to read but a few answers. */
const MAX_UNSENT_BYTES = 64 * 1024;
/** For the peer to read why and to close, before it is cut off. */
const LINGER_MS = 1000;

export interface ConnectionListener {
  publish(connection: RtmpConnection, request: PublishRequest): void;
  media(type: 8 | 9, timestamp: number, tag: Buffer): void;
  metadata(metadata: { [name: string]: AmfValue }): void;
  /** The messages of one packet are through. */
  packetDone(): void;
  /** The peer broke a rule, or was refused. */
  failed(connection: RtmpConnection, error: AppError): void;
  /** Nothing comes from it any more: `stopped` in good order, or `lost`. Called once. */
  gone(connection: RtmpConnection, reason: 'stopped' | 'lost'): void;
}

/** One encoder's socket and the RTMP session on it. */
export class RtmpConnection {
  readonly address: string;
  readonly protocol: 'rtmp' | 'rtmps';
  #socket: Socket;
  /** Below the TLS, when there is any: only TCP can be reset. */
  #transport: Socket;
  readonly #session: RtmpSession;
  readonly #listener: ConnectionListener;
  #gone = false;

  constructor(options: {
    socket: Socket;
    protocol: 'rtmp' | 'rtmps';
    address: string;
    listener: ConnectionListener;
  }) {
    const { socket, listener } = options;
    this.address = options.address;
    this.protocol = options.protocol;
    this.#socket = socket;
    this.#transport = socket;
    this.#listener = listener;
    this.#session = new RtmpSession({
      output: (bytes) => this.#send(bytes),
      publish: (request) => listener.publish(this, request),
      media: (type, timestamp, tag) => listener.media(type, timestamp, tag),
      metadata: (metadata) => listener.metadata(metadata),
      stopped: () => this.#leave('stopped'),
      failed: (error) => {
        listener.failed(this, error);
        this.#leave('lost');
      },
    });
  }

  get handshakeDone(): boolean {
    return this.#session.handshakeDone;
  }

  /** The socket to speak on from here on. What it reads has to be given to `push`. */
  use(socket: Socket, transport: Socket): void {
    this.#socket = socket;
    this.#transport = transport;
    socket.once('close', () => this.#lose());
  }

  /** Bytes of the socket, valid during the call only. */
  push(bytes: Buffer): void {
    if (this.#gone) return;
    this.#session.push(bytes);
    if (!this.#gone) this.#listener.packetDone();
  }

  accept(): void {
    this.#session.accept();
  }

  /** Says why, then ends the connection whether the peer agrees or not. */
  refuse(error: AppError): void {
    this.#session.refuse(error);
  }

  /** Without a word. */
  cut(): void {
    this.#transport.resetAndDestroy();
    this.#lose();
  }

  #send(bytes: Buffer): void {
    if (!this.#socket.writable) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.cut();
  }

  #lose(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener.gone(this, 'lost');
  }

  /** What was written still goes out; what comes in is read and ignored, so that no reset eats it. */
  #leave(reason: 'stopped' | 'lost'): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener.gone(this, reason);
    this.#socket.end();
    const timer = setTimeout(() => this.#transport.resetAndDestroy(), LINGER_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }
}
