import { connect, type Socket } from 'node:net';

const READ_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';

export interface LightAnswer {
  status: number;
  /** Null when it was not wanted. */
  body: Buffer | null;
  headerOf(name: string): string | null;
}

export interface LightHandlers {
  /** Asked at each answer's head: shall the body be kept? Most of a load's bodies are not read. */
  wantsBody(): boolean;
  onAnswer(answer: LightAnswer): void;
  /** The connection is gone; nothing more comes. */
  onLost(): void;
}

/** The bytes of one GET over a connection that is kept. */
export const getRequest = (path: string, headers = 'Accept-Encoding: gzip\r\n'): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: bench\r\n${headers}\r\n`);

// One buffer for all connections of the process: each read is finished with before the next.
const shared = Buffer.allocUnsafe(READ_BYTES);

/**
 * HTTP/1.1 reduced to what a load needs: prebuilt requests, one at a time; of an answer only the
 * status and the length are read. Answers have to carry Content-Length.
 */
export class LightConnection {
  readonly #socket: Socket;
  readonly #handlers: LightHandlers;
  #head = '';
  #status = 0;
  #inBody = false;
  #remaining = 0;
  #kept: Buffer[] | null = null;

  constructor(at: { host: string; port: number }, handlers: LightHandlers) {
    this.#handlers = handlers;
    this.#socket = connect({
      ...at,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (size) => {
          this.#read(shared.subarray(0, size));
          return true;
        },
      },
    });
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => handlers.onLost());
  }

  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#inBody ? this.#readBody(rest) : this.#readHead(rest);
  }

  #readHead(chunk: Buffer): Buffer {
    const before = this.#head.length;
    const text = this.#head + chunk.toString('latin1', 0, Math.min(chunk.length, 4096));
    const end = text.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = text;
      return chunk.subarray(chunk.length);
    }
    this.#head = text.slice(0, end);
    this.#status = Number(text.slice(9, 12));
    const length = this.#headerOf('content-length');
    if (length === null) {
      this.#socket.destroy(new Error('An answer without Content-Length.'));
      return chunk.subarray(chunk.length);
    }
    this.#remaining = Number(length);
    this.#kept = this.#handlers.wantsBody() ? [] : null;
    this.#inBody = true;
    if (this.#remaining === 0) this.#finish();
    return chunk.subarray(end + HEAD_END.length - before);
  }

  #readBody(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#remaining);
    this.#remaining -= part.length;
    this.#kept?.push(Buffer.from(part));
    if (this.#remaining === 0) this.#finish();
    return chunk.subarray(part.length);
  }

  #finish(): void {
    const head = this.#head;
    const answer = {
      status: this.#status,
      body: this.#kept === null ? null : Buffer.concat(this.#kept),
      headerOf: (name: string) => headerIn(head, name),
    };
    this.#head = '';
    this.#inBody = false;
    this.#kept = null;
    this.#handlers.onAnswer(answer);
  }

  #headerOf(name: string): string | null {
    return headerIn(this.#head, name);
  }
}

function headerIn(head: string, name: string): string | null {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at < 0) return null;
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end < 0 ? undefined : end).trim();
}
