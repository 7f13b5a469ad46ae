import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../platform/clock.ts';
import { addressGroup } from './address-group.ts';
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

export type CutReason =
  | 'accept_failed'
  | 'silent'
  | 'no_publish'
  | 'crowded'
  | 'not_rtmp'
  | 'tls_off'
  | 'tls_failed';

export interface RtmpListenerOptions {
  limits: IngestLimits;
  clock: Clock;
  tls: { cert: string; key: string } | null;
  /** One for each connection. */
  newListener(): ConnectionListener;
  onCut(reason: CutReason, address: string): void;
}

/** A connection that does not publish (yet). */
interface Pending {
  address: string;
  /** What is counted as one address. */
  group: string;
  deadlineAt: number;
  socket: Socket;
  connection: RtmpConnection | null;
}

/**
 * The TCP port: RTMP and RTMPS by the first byte. Connections that do not come to publish are cut:
 * at their deadline, or the most idle first when they crowd.
 */
export class RtmpListener {
  readonly #options: RtmpListenerOptions;
  readonly #server: Server;
  readonly #secureContext: SecureContext | null;
  readonly #pending = new Set<Pending>();
  readonly #byGroup = new Map<string, Set<Pending>>();
  readonly #sockets = new Set<Socket>();
  readonly #stopSweep: () => void;

  /** Throws when the TLS certificate or key is not one. */
  constructor(options: RtmpListenerOptions) {
    this.#options = options;
    this.#secureContext = options.tls === null ? null : createSecureContext(options.tls);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#stopSweep = options.clock.every(SWEEP_MS, () => this.#sweep());
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
    for (const pending of this.#byGroup.get(addressGroup(connection.address)) ?? []) {
      if (pending.connection === connection) this.#forget(pending);
    }
  }

  #accept(socket: Socket): void {
    const { clock, limits } = this.#options;
    const address = socket.remoteAddress ?? 'unknown';
    const deadlineAt = clock.now() + limits.handshakeMs;
    const group = addressGroup(address);
    const pending: Pending = { address, group, deadlineAt, socket, connection: null };
    this.#watch(pending, socket);
    this.#remember(pending);
    socket.once('data', (first: Buffer) => this.#recognise(pending, first));
    this.#makeRoom(group);
  }

  #watch(pending: Pending, socket: Socket): void {
    pending.socket = socket;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#forget(pending);
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

  #remember(pending: Pending): void {
    this.#pending.add(pending);
    const neighbours = this.#byGroup.get(pending.group) ?? new Set();
    this.#byGroup.set(pending.group, neighbours.add(pending));
  }

  #forget(pending: Pending): void {
    this.#pending.delete(pending);
    const neighbours = this.#byGroup.get(pending.group);
    neighbours?.delete(pending);
    if (neighbours?.size === 0) this.#byGroup.delete(pending.group);
  }

  #makeRoom(group: string): void {
    const { maxPending, maxPendingPerAddress } = this.#options.limits;
    const neighbours = this.#byGroup.get(group);
    if (neighbours !== undefined && neighbours.size > maxPendingPerAddress) {
      this.#cut(mostIdle(neighbours), 'crowded');
    }
    if (this.#pending.size > maxPending) this.#cut(mostIdle(this.#pending), 'crowded');
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    for (const pending of this.#pending) {
      const spoke = pending.connection?.handshakeDone === true;
      const extraMs = spoke ? this.#options.limits.publishMs : 0;
      if (now > pending.deadlineAt + extraMs) this.#cut(pending, spoke ? 'no_publish' : 'silent');
    }
  }

  #cut(pending: Pending | undefined, reason: CutReason): void {
    if (pending === undefined) return;
    this.#forget(pending);
    this.#options.onCut(reason, pending.address);
    if (pending.connection === null) pending.socket.resetAndDestroy();
    else pending.connection.cut();
  }
}

/** The oldest that has not finished its handshake, else the oldest; never the newest. */
function mostIdle(candidates: Set<Pending>): Pending | undefined {
  const older = [...candidates].slice(0, -1);
  return older.find(({ connection }) => connection?.handshakeDone !== true) ?? older[0];
}
