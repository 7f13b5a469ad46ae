import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An origin that counts what reaches it and answers what the test says. */
export interface CountingOrigin {
  port: number;
  /** How often each URL was asked for. */
  asked: Map<string, number>;
  /** Resolves as soon as the URL was asked for once. */
  untilAsked(url: string): Promise<void>;
  answer: Answer;
  upgrade: (request: IncomingMessage, socket: Duplex) => void;
  close(): Promise<void>;
}

export async function startCountingOrigin(): Promise<CountingOrigin> {
  const waiting = new Map<string, () => void>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    origin.asked.set(url, (origin.asked.get(url) ?? 0) + 1);
    waiting.get(url)?.();
    origin.answer(request, response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket) => origin.upgrade(request, socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin: CountingOrigin = {
    port: (server.address() as AddressInfo).port,
    asked: new Map(),
    untilAsked(url) {
      if (origin.asked.has(url)) return Promise.resolve();
      return new Promise((resolve) => waiting.set(url, resolve));
    },
    answer: (_request, response) => response.writeHead(404).end(),
    upgrade: (_request, socket) => socket.destroy(),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return origin;
}
