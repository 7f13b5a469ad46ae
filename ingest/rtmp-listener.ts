import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../platform/clock.ts';
import {
  type PendingConnection,
  PendingConnections,
  type PendingCut,
} from './pending-connections.ts';
import { type ConnectionListener, RtmpConnection } from './rtmp-connection.ts';
import { readShared } from './shared-read.ts';
import type { IngestLimits } from './worker-messages.ts';

/** First byte of the RTMP handshake, and of a TLS record that holds a ClientHello. */
const RTMP_VERSION = 0x03;
const TLS_HANDSHAKE = 0x16;
const SWEEP_MS = 500;
const NOT_RTMP =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n' +
  'This is the RTMP port, for encoders; the pages are on the HTTP port.\n';

export type CutReason = PendingCut | 'accept_failed' | 'not_rtmp' | 'tls_off' | 'tls_failed';

export interface RtmpListenerOptions {
  limits: IngestLimits;
  clock: Clock;
  tls: { cert: string; key: string } | null;
  /** One for each connection. */
  newListener(): ConnectionListener;
  onCut(reason: CutReason, address: string): void;
}

interface Pending extends PendingConnection {
  socket: Socket;
  connection: RtmpConnection | null;
}

/** The TCP port: RTMP and RTMPS by the first byte. */
export class RtmpListener {
  readonly #options: RtmpListenerOptions;
  readonly #server: Server;
  readonly #secureContext: SecureContext | null;
  readonly #pending: PendingConnections<Pending>;
  readonly #sockets = new Set<Socket>();
  readonly #stopSweep: () => void;

  /** Throws when the TLS certificate or key is not one. */
  constructor(options: RtmpListenerOptions) {
    this.#options = options;
    const { limits, clock } = options;
    this.#pending = new PendingConnections(limits, clock, (pending, reason) => {
      this.#cut(pending, reason);
    });
    this.#secureContext = options.tls === null ? null : createSecureContext(options.tls);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#stopSweep = clock.every(SWEEP_MS, () => this.#pending.sweep());
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Resolves with the port; rejects with the system's error. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        // Out of open files: whoever is here stays.
        this.#server.on('error', () => this.#options.onCut('accept_failed', 'unknown'));
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  close(): void {
    this.#stopSweep();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The connection publishes: its deadlines are its session's from now on. */
  settled(connection: RtmpConnection): void {
    for (const pending of this.#pending.from(connection.address)) {
      if (pending.connection === connection) this.#pending.forget(pending);
    }
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? 'unknown';
    const pending: Pending = { address, socket, connection: null };
    this.#watch(pending, socket);
    socket.once('data', (first: Buffer) => this.#recognise(pending, first));
    this.#pending.add(pending);
  }

  #watch(pending: Pending, socket: Socket): void {
    pending.socket = socket;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#pending.forget(pending);
    });
  }

  #recognise(pending: Pending, first: Buffer): void {
    const { socket } = pending;
    if (first[0] === RTMP_VERSION) {
      this.#speakRtmp(pending, first);
    } else if (first[0] === TLS_HANDSHAKE && this.#secureContext !== null) {
      this.#unwrapTls(pending, first, this.#secureContext);
    } else {
      this.#options.onCut(first[0] === TLS_HANDSHAKE ? 'tls_off' : 'not_rtmp', pending.address);
      if (/^[A-Z]{3}/.test(first.toString('latin1', 0, 3))) socket.write(NOT_RTMP);
      socket.destroySoon();
    }
  }

  #unwrapTls(pending: Pending, first: Buffer, secureContext: SecureContext): void {
    const { socket, address } = pending;
    socket.pause();
    socket.unshift(first);
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => {
      this.#options.onCut('tls_failed', address);
      socket.destroy();
    });
    secure.once('data', (plain: Buffer) => {
      if (plain[0] === RTMP_VERSION) this.#speakRtmps(pending, secure, plain);
      else socket.destroy();
    });
  }

  #speakRtmp(pending: Pending, first: Buffer): void {
    const before = pending.socket;
    const connection = this.#connect(pending, before, 'rtmp');
    const socket = readShared(before, (bytes) => connection.push(bytes));
    if (socket !== before) {
      this.#sockets.delete(before);
      this.#watch(pending, socket);
    }
    connection.use(socket, socket);
    connection.push(first);
  }

  #speakRtmps(pending: Pending, secure: TLSSocket, first: Buffer): void {
    const connection = this.#connect(pending, secure, 'rtmps');
    connection.use(secure, pending.socket);
    secure.on('data', (bytes: Buffer) => connection.push(bytes));
    connection.push(first);
  }

  #connect(pending: Pending, socket: Socket, protocol: 'rtmp' | 'rtmps'): RtmpConnection {
    const { address } = pending;
    const listener = this.#options.newListener();
    pending.connection = new RtmpConnection({ socket, protocol, address, listener });
    return pending.connection;
  }

  #cut({ address, socket, connection }: Pending, reason: PendingCut): void {
    this.#options.onCut(reason, address);
    if (connection === null) socket.resetAndDestroy();
    else connection.cut();
  }
}
