import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../platform/log.ts';

export interface RenditionInlets {
  /** Settles when every connection that ffmpeg made has been read to its end. */
  drained: Promise<void>;
  /** Closes and removes all; idempotent. */
  close(): void;
}

interface InletOptions {
  renditions: string[];
  socketOf(rendition: string): string;
  onData(rendition: string, chunk: Buffer): void;
  log: Log;
}

/**
 * A unix socket for each rendition, which takes one connection: that of the ffmpeg about to be
 * started. Rejects when a socket cannot be made.
 */
export async function openInlets(options: InletOptions): Promise<RenditionInlets> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const { promise: drained, resolve } = Promise.withResolvers<void>();
  let waitingFor = options.renditions.length;

  const inlet = (rendition: string) => (socket: Socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => options.onData(rendition, chunk));
    socket.on('error', (error) => options.log.debug({ rendition, err: error }, 'inlet failed'));
    socket.on('close', () => {
      sockets.delete(socket);
      waitingFor -= 1;
      if (waitingFor === 0) resolve();
    });
  };
  const listen = (rendition: string) =>
    new Promise<void>((listening, reject) => {
      const path = options.socketOf(rendition);
      rmSync(path, { force: true });
      const server = createServer((socket) => {
        server.close();
        inlet(rendition)(socket);
      });
      server.once('error', reject);
      server.listen(path, listening);
      servers.push(server);
    });
  const close = () => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  };
  try {
    await Promise.all(options.renditions.map(listen));
  } catch (error) {
    close();
    throw error;
  }
  return { drained, close };
}
