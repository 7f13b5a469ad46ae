import { get, type IncomingMessage } from 'node:http';
import {
  type EventType,
  parseServerEvent,
  type ServerEvent,
} from '../../../platform/protocol/events.ts';

export interface ReadEvent {
  id: string | null;
  type: string;
  /** Null: not what the schema of this type says. */
  event: ServerEvent | null;
}

/** Reads an event stream as a browser does. */
export interface EventReader extends Disposable {
  status: number;
  headers: IncomingMessage['headers'];
  /** The next event, beats included. */
  next(): Promise<ReadEvent>;
  /** The next event of this type; those before it are passed over. */
  nextOf(type: EventType): Promise<ReadEvent>;
  /** Resolves when the server has ended the answer. */
  ended: Promise<void>;
  /** Every line that was no event: `retry:` and comments. */
  others: string[];
}

export async function readEvents(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  const waiting: ((event: ReadEvent) => void)[] = [];
  const ready: ReadEvent[] = [];
  const others: string[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
      others.push(...lines.filter((line) => /^(:|retry)/.test(line)));
      const type = field('event');
      if (type === null) continue;
      const event = parseServerEvent(type as EventType, field('data') ?? '');
      const read = { id: field('id'), type, event };
      const first = waiting.shift();
      if (first === undefined) ready.push(read);
      else first(read);
    }
  });
  response.on('error', () => {});
  const ended = new Promise<void>((resolve) => response.once('close', () => resolve()));
  const next = async () =>
    ready.shift() ?? new Promise<ReadEvent>((resolve) => waiting.push(resolve));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next,
    async nextOf(type) {
      for (;;) {
        const read = await next();
        if (read.type === type) return read;
      }
    },
    ended,
    others,
    [Symbol.dispose]: () => void response.destroy(),
  };
}
