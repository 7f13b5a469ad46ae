import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A socket on which a test writes what it likes, after a right upgrade. */
export class RawClient {
  readonly socket: Socket;
  #heard = Buffer.alloc(0);
  /** Close code of the server's close frame; null: it ended without one. */
  readonly closed: Promise<number | null>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#heard = Buffer.concat([this.#heard, chunk]);
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => resolve(closeCodeIn(this.#heard)));
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'GET /chat/stage HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');
    if (!String(answer).startsWith('HTTP/1.1 101')) throw new Error(String(answer));
    return new RawClient(socket);
  }

  write(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }
}

/** Walks the server's frames: the code is in the one with opcode 8. */
function closeCodeIn(bytes: Buffer): number | null {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const start = at + (short === 126 ? 4 : 2);
    if (((bytes[at] ?? 0) & 0x0f) === 8) return bytes.readUInt16BE(start);
    at = start + length;
  }
  return null;
}

/** A client's frame, or one that breaks a rule. */
export function rawFrame(
  payload: Buffer | string,
  options: { opcode?: number; fin?: boolean; masked?: boolean; claims?: number } = {},
): Buffer {
  const { opcode = 1, fin = true, masked = true } = options;
  const body = Buffer.from(payload);
  const length = options.claims ?? body.length;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, ...(masked ? [Buffer.alloc(4)] : []), body]);
}
