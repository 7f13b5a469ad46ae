import { setTimeout as delay } from 'node:timers/promises';
import type { JoinOrder, LoadOrder, RunOrder, RunReport } from './chat-load.ts';
import { LoadSocket, type SocketEvents } from './chat-load-socket.ts';
import { type ChatWire, WIRES } from './chat-wire.ts';

/** Many chat clients in one process, which send messages and time each of them at each client. */
const TEXT_LENGTH = 100;
const WORDS = ' what a move, did you all see that one just now from the very far end of the stage';
const CONNECTS_AT_ONCE = 200;
/** Ports of one source address. */
const SOCKETS_AN_ADDRESS = 5_000;
const STEP_MS = 0.1;
const STEPS = 200_000;

const sockets: LoadSocket[] = [];
const speakers: LoadSocket[] = [];
const histogram = new Uint32Array(STEPS);
/** By offset and length of the frame: it is the same at all clients, so it is read once. */
const framesRead = new Map<number, { sentAt: number[]; first: number; last: number }>();
const tally = { deliveries: 0, lost: 0, repeated: 0, closed: 0, frames: 0 };
const refusals = new Map<string, number>();
const codes = new Map<number, number>();
let wire: ChatWire = WIRES.footlight;

const stamp = (): string => Math.round(performance.now() / STEP_MS).toString();

function readFrame(payload: Buffer): { sentAt: number[]; first: number; last: number } {
  const at = payload.indexOf('"offset":', 0, 'latin1') + 9;
  let first = 0;
  for (let i = at; ; i++) {
    const digit = (payload[i] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    first = first * 10 + digit;
  }
  const key = first * 1_048_576 + payload.length;
  const known = framesRead.get(key);
  if (known !== undefined) return known;
  const text = payload.toString('latin1');
  const sentAt = [...text.matchAll(/"text":"m(\d+) /g)].map((match) => Number(match[1]));
  const offsets = [...text.matchAll(/"offset":(\d+)/g)].map((match) => Number(match[1]));
  const read = { sentAt, first, last: offsets.at(-1) ?? first };
  if (framesRead.size > 5_000) framesRead.clear();
  framesRead.set(key, read);
  return read;
}

const events: SocketEvents = {
  onWelcome: () => undefined,
  onMessages(socket, payload) {
    const { sentAt, first, last } = readFrame(payload);
    const now = performance.now() / STEP_MS;
    if (socket.last !== 0 && first !== socket.last + 1) {
      if (first > socket.last) tally.lost += first - socket.last - 1;
      else tally.repeated += socket.last - first + 1;
    }
    socket.last = last;
    tally.frames++;
    tally.deliveries += sentAt.length;
    for (const at of sentAt) {
      const step = Math.min(STEPS - 1, Math.max(0, Math.round(now - at)));
      histogram[step] = (histogram[step] ?? 0) + 1;
    }
  },
  onOther(text) {
    if (!text.includes('"refused"')) return;
    const code = /"code":"(\w+)"/.exec(text)?.[1] ?? 'unknown';
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
  },
  onClosed(code) {
    tally.closed++;
    codes.set(code, (codes.get(code) ?? 0) + 1);
  },
};

async function join(order: JoinOrder): Promise<void> {
  wire = WIRES[order.wire];
  if (order.channel !== undefined) wire = { ...wire, path: `/chat/${order.channel}` };
  const messagesStart = Buffer.from(wire.messagesStart);
  const batch = Math.min(CONNECTS_AT_ONCE, order.sockets);
  for (let from = 0; from < order.sockets; from += batch) {
    const size = Math.min(batch, order.sockets - from);
    await Promise.all(
      Array.from({ length: size }, (_, index) => {
        const number = sockets.length;
        const token = order.tokens[from + index] ?? null;
        const localAddress = `127.0.0.${2 + Math.floor(number / SOCKETS_AN_ADDRESS)}`;
        const at = { port: order.port, localAddress, token, messagesStart };
        return new Promise<void>((resolve) => {
          const socket = new LoadSocket(at, wire, { ...events, onWelcome: () => resolve() });
          sockets.push(socket);
          if (from + index < order.speakers) speakers.push(socket);
        });
      }),
    );
  }
}

/** Deliveries a second in the middle of the run, when it neither begins nor runs out. */
class Steady {
  readonly #begins: number;
  readonly #ends: number;
  #first: { at: number; deliveries: number } | null = null;
  #last: { at: number; deliveries: number } | null = null;

  constructor(start: number, durationMs: number) {
    this.#begins = start + durationMs * 0.2;
    this.#ends = start + durationMs * 0.95;
  }

  look(): void {
    const at = performance.now();
    if (at < this.#begins || at > this.#ends) return;
    this.#last = { at, deliveries: tally.deliveries };
    this.#first ??= this.#last;
  }

  rate(): number {
    if (this.#first === null || this.#last === null) return Number.NaN;
    const seconds = (this.#last.at - this.#first.at) / 1_000;
    return (this.#last.deliveries - this.#first.deliveries) / seconds;
  }
}

async function run({ rate, seconds }: RunOrder): Promise<RunReport> {
  histogram.fill(0);
  refusals.clear();
  Object.assign(tally, { deliveries: 0, lost: 0, repeated: 0, frames: 0 });
  let sent = 0;
  const start = performance.now();
  const total = Math.round(rate * seconds);
  const cpu = process.cpuUsage();
  const steady = new Steady(start, seconds * 1_000);
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * rate));
    for (; sent < due; sent++) {
      const text = `m${stamp()}${WORDS}`.padEnd(TEXT_LENGTH, '!').slice(0, TEXT_LENGTH);
      speakers[sent % speakers.length]?.send(wire.send(`${start}-${sent}`, text));
    }
    await delay(2);
    steady.look();
  }
  const wanted = total * sockets.length;
  const last = performance.now() + 5_000;
  while (tally.deliveries < wanted && performance.now() < last) await delay(20);
  const tookSeconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...tally,
    wanted,
    tookSeconds,
    deliveriesPerSecond: Math.round(steady.rate()),
    refused: Object.fromEntries(refusals),
    closeCodes: Object.fromEntries(codes),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    mostMs: quantile(1),
    clientCpuSeconds: (user + system) / 1e6,
  };
}

function quantile(share: number): number {
  const all = histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let step = 0; step < STEPS; step++) {
    seen += histogram[step] ?? 0;
    if (all > 0 && seen >= share * all) return step * STEP_MS;
  }
  return Number.NaN;
}

process.on('message', async (order: LoadOrder) => {
  if (order.what === 'join') await join(order);
  const report = order.what === 'run' ? await run(order) : null;
  process.send?.(report ?? { closed: tally.closed });
});
