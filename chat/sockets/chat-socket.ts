import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Connection } from './connection.ts';

/** A message of 500 grapheme clusters fits, however long each of them is. */
export const MAX_PAYLOAD_BYTES = 32 * 1024;
/** Nobody needs to send a message in pieces; a few are borne. */
const MAX_FRAGMENTS = 64;
/** What a client has to answer a close frame before its socket is ended. */
const CLOSE_TIMEOUT_MS = 3_000;

/**
 * The `ws` of one client. There are tens of thousands: it carries its connection, so that one set
 * of listeners serves all, and makes no closure of its own.
 */
export class ChatSocket extends WebSocket {
  connection: Connection | null = null;
}

export interface SocketServer {
  /** Answers the upgrade; null: it was not right, and has been answered so. */
  upgrade(asked: { req: IncomingMessage; socket: Duplex; head: Buffer }): ChatSocket | null;
  /** Ties the socket to its connection: from then on it is told what happens. */
  attach(socket: ChatSocket, connection: Connection): void;
}

const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  // It would keep a closure for each socket; Connection answers pings, and counts them.
  autoPong: false,
  maxPayload: MAX_PAYLOAD_BYTES,
  maxFragments: MAX_FRAGMENTS,
  closeTimeout: CLOSE_TIMEOUT_MS,
  WebSocket: ChatSocket,
};

export function createSocketServer(): SocketServer {
  const server = new WebSocketServer(SOCKET_OPTIONS);
  return {
    upgrade({ req, socket, head }) {
      let opened: ChatSocket | null = null;
      // It calls back at once or never.
      server.handleUpgrade(req, socket, head, (made) => {
        opened = made;
      });
      return opened;
    },
    attach(socket, connection) {
      socket.connection = connection;
      socket.on('message', onMessage);
      socket.on('ping', onPing);
      socket.on('pong', onPong);
      socket.on('close', onClose);
      socket.on('error', onError);
    },
  };
}

const connectionOf = (socket: WebSocket): Connection | null =>
  socket instanceof ChatSocket ? socket.connection : null;

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (Buffer.isBuffer(data)) connectionOf(this)?.receive(data, isBinary);
}

function onPing(this: WebSocket, payload: Buffer): void {
  connectionOf(this)?.answerPing(payload);
}

function onPong(this: WebSocket): void {
  connectionOf(this)?.hearPong();
}

function onClose(this: WebSocket, code: number): void {
  connectionOf(this)?.leave(code);
}

/** A frame that breaks the protocol: `ws` closes the socket with the code for it. */
function onError(this: WebSocket): void {
  // Listened to because an error without a listener would end the process.
}
