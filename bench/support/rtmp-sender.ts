import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FlvTag } from '../../platform/media/flv-tag.ts';
import { CHUNK_BYTES, CHUNK_STREAM, rtmpChunks, rtmpCommand } from './rtmp-message.ts';

const HANDSHAKE_BYTES = 1536;
const DEFAULT_CHUNK_BYTES = 128;
/** Far below a frame: a sender's own jitter stays unnoticed. */
const TICK_MS = 4;

async function untilReceived(socket: Socket, pattern: string): Promise<void> {
  let received = '';
  while (!received.includes(pattern)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received = (received + chunk.toString('latin1')).slice(-4096);
    if (received.includes('BadName')) throw new Error('The server refused the stream key.');
  }
}

async function shakeHands(socket: Socket): Promise<void> {
  socket.write(Buffer.concat([Buffer.of(3), Buffer.alloc(8), randomBytes(HANDSHAKE_BYTES - 8)]));
  let answer = Buffer.alloc(0);
  while (answer.length < 1 + 2 * HANDSHAKE_BYTES) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
  }
  socket.write(answer.subarray(1, 1 + HANDSHAKE_BYTES));
}

/** A connection that may publish: handshake, connect, createStream and publish are done. */
async function openPublisher(at: { port: number; key: string }): Promise<Socket> {
  const socket = connect(at.port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  await shakeHands(socket);
  const chunkSize = Buffer.alloc(4);
  chunkSize.writeUInt32BE(CHUNK_BYTES);
  const tcUrl = `rtmp://127.0.0.1:${at.port}/live`;
  const target = { app: 'live', type: 'nonprivate', flashVer: 'FMLE/3.0', tcUrl };
  socket.write(rtmpCommand(['connect', 1, target], 0, DEFAULT_CHUNK_BYTES));
  await untilReceived(socket, '_result');
  const setChunkSize = {
    chunkStream: CHUNK_STREAM.control,
    type: 1,
    messageStream: 0,
    timestampMs: 0,
    body: chunkSize,
  };
  socket.write(rtmpChunks(setChunkSize));
  socket.write(rtmpCommand(['createStream', 2, null], 0, CHUNK_BYTES));
  await untilReceived(socket, '_result');
  socket.write(rtmpCommand(['publish', 3, null, at.key, 'live'], 1, CHUNK_BYTES));
  await untilReceived(socket, 'NetStream.Publish.Start');
  socket.on('error', () => socket.destroy());
  socket.resume();
  return socket;
}

function messageOfTag(tag: FlvTag, timestampMs: number): Buffer {
  const isVideo = tag.type === 'video';
  return rtmpChunks({
    chunkStream: isVideo ? CHUNK_STREAM.video : CHUNK_STREAM.audio,
    type: isVideo ? 9 : 8,
    messageStream: 1,
    timestampMs,
    body: tag.body,
  });
}

/** The recording over and over, each message built once for all connections. */
class Reel {
  readonly #tags: FlvTag[];
  readonly #durationMs: number;
  readonly #messages: { atMs: number; bytes: Buffer }[] = [];

  constructor(tags: FlvTag[], durationMs: number) {
    this.#tags = tags;
    this.#durationMs = durationMs;
  }

  at(index: number): { atMs: number; bytes: Buffer } {
    while (this.#messages.length <= index) this.#build(this.#messages.length);
    return this.#messages[index] as { atMs: number; bytes: Buffer };
  }

  #build(index: number): void {
    const tag = this.#tags[index % this.#tags.length] as FlvTag;
    const round = Math.floor(index / this.#tags.length);
    const atMs = tag.timestampMs + round * this.#durationMs;
    this.#messages.push({ atMs, bytes: messageOfTag(tag, atMs) });
  }
}

export interface Senders {
  /** Publishers whose connection is still open. */
  open(): number;
  stop(): void;
}

/**
 * Publishes one recording over many RTMP connections at real-time pace, over and over, from one
 * light process. The connections are spread over a frame's time, as independent encoders are.
 */
export async function startSenders(options: {
  port: number;
  keys: string[];
  tags: FlvTag[];
  durationMs: number;
}): Promise<Senders> {
  const { port, keys, tags, durationMs } = options;
  const reel = new Reel(tags, durationMs);
  const sockets = await Promise.all(keys.map((key) => openPublisher({ port, key })));
  const start = performance.now();
  const spreadMs = 33 / keys.length;
  const next = sockets.map(() => 0);
  const tick = setInterval(() => {
    const now = performance.now() - start;
    for (const [i, socket] of sockets.entries()) {
      const dueMs = now - i * spreadMs;
      let index = next[i] ?? 0;
      for (; !socket.destroyed && reel.at(index).atMs <= dueMs; index += 1) {
        socket.write(reel.at(index).bytes);
      }
      next[i] = index;
    }
  }, TICK_MS);
  return {
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    stop() {
      clearInterval(tick);
      for (const socket of sockets) socket.destroy();
    },
  };
}
