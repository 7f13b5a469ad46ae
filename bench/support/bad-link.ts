import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** As TCP cuts it on an Ethernet path. */
const PACKET_BYTES = 1448;
const TICK_MS = 1;
/** What waits at the bottleneck for one connection before its sender is told to wait. */
const QUEUE_BYTES = 64 * 1024;
/** A link that idles cannot save up capacity for longer than this. */
const BURST_MS = 3;

export interface LinkOptions {
  targetPort: number;
  roundTripMs: number;
  /** Each packet's delay differs by up to this much, both ways together. */
  jitterMs: number;
  /** A lost packet holds its connection up for so long ... */
  lossMs: number;
  /** ... about once in so many milliseconds of traffic, somewhere. */
  lossEveryMs: number;
  bitsPerSecond: number;
  random?: () => number;
}

export interface BadLink {
  port: number;
  setBitsPerSecond(value: number): void;
  losses(): number;
  stop(): Promise<void>;
}

interface Flow {
  from: Socket;
  to: Socket;
  waiting: Buffer[];
  waitingBytes: number;
  /** Packets on the wire, in order; they leave it at `at`. */
  flying: { at: number; bytes: Buffer }[];
  ended: boolean;
  notBefore: number;
}

/**
 * A TCP relay that behaves as a long, narrow, lossy path: the kernel's own emulation is not to be
 * had everywhere. Connections share the capacity packet by packet; what comes back up is small
 * and only delayed.
 */
export async function startBadLink(options: LinkOptions): Promise<BadLink> {
  const link = new Link(options);
  const server = createServer((client) => link.accept(client));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const timer = setInterval(() => link.tick(performance.now()), TICK_MS);
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    setBitsPerSecond: (value) => link.setBitsPerSecond(value),
    losses: () => link.losses,
    async stop() {
      clearInterval(timer);
      link.close();
      server.close();
      await once(server, 'close');
    },
  };
}

class Link {
  losses = 0;
  readonly #options: LinkOptions;
  readonly #random: () => number;
  readonly #down: Flow[] = [];
  readonly #up: Flow[] = [];
  #bytesPerMs: number;
  #freeAt = 0;
  #nextLossAt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#bytesPerMs = options.bitsPerSecond / 8000;
  }

  setBitsPerSecond(value: number): void {
    this.#bytesPerMs = value / 8000;
  }

  accept(client: Socket): void {
    const server = connect(this.#options.targetPort, '127.0.0.1');
    client.setNoDelay(true);
    server.setNoDelay(true);
    // The handshake on the real path takes a round trip before the first byte goes up.
    const opened = performance.now() + this.#options.roundTripMs;
    const up = this.#flow({ from: client, to: server, notBefore: opened });
    const down = this.#flow({ from: server, to: client, notBefore: 0 });
    this.#up.push(up);
    this.#down.push(down);
    const drop = () => {
      for (const socket of [client, server]) socket.destroy();
      this.#up.splice(this.#up.indexOf(up) >>> 0, 1);
      this.#down.splice(this.#down.indexOf(down) >>> 0, 1);
    };
    client.on('error', drop).once('close', drop);
    server.on('error', drop);
  }

  close(): void {
    for (const { from, to } of [...this.#down]) {
      from.destroy();
      to.destroy();
    }
  }

  tick(now: number): void {
    for (const flow of this.#up) this.#sendUp(flow, now);
    this.#transmit(now);
    for (const flow of [...this.#up, ...this.#down]) deliver(flow, now);
  }

  #flow(ends: { from: Socket; to: Socket; notBefore: number }): Flow {
    const flow: Flow = { ...ends, waiting: [], waitingBytes: 0, flying: [], ended: false };
    ends.from.on('data', (bytes) => {
      flow.waiting.push(bytes);
      flow.waitingBytes += bytes.length;
      if (flow.waitingBytes > QUEUE_BYTES) ends.from.pause();
    });
    ends.from.once('end', () => {
      flow.ended = true;
    });
    return flow;
  }

  #sendUp(flow: Flow, now: number): void {
    for (let bytes = take(flow, QUEUE_BYTES); bytes !== null; bytes = take(flow, QUEUE_BYTES)) {
      this.#launch(flow, bytes, now);
    }
  }

  /** Serves the connections in turn, one packet each, as long as the link has capacity. */
  #transmit(now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now - BURST_MS);
    let busy = true;
    while (busy && this.#freeAt <= now) {
      busy = false;
      for (const flow of this.#down) {
        const bytes = this.#freeAt <= now ? take(flow, PACKET_BYTES) : null;
        if (bytes !== null) {
          busy = true;
          this.#freeAt += bytes.length / this.#bytesPerMs;
          this.#lose(flow, now);
          this.#launch(flow, bytes, now);
        }
      }
      // Fairness over ticks: whoever went first goes last.
      const first = this.#down.shift();
      if (first !== undefined) this.#down.push(first);
    }
  }

  #launch(flow: Flow, bytes: Buffer, now: number): void {
    const { roundTripMs, jitterMs } = this.#options;
    const delay = roundTripMs / 2 + (this.#random() - 0.5) * (jitterMs / 2);
    flow.notBefore = Math.max(flow.notBefore, now + delay);
    flow.flying.push({ at: flow.notBefore, bytes });
  }

  #lose(flow: Flow, now: number): void {
    const { lossMs, lossEveryMs } = this.#options;
    if (now < this.#nextLossAt) return;
    if (this.#nextLossAt > 0) {
      this.losses += 1;
      flow.notBefore = Math.max(flow.notBefore, now + this.#options.roundTripMs / 2) + lossMs;
    }
    this.#nextLossAt = now + lossEveryMs * (0.5 + this.#random());
  }
}

function take(flow: Flow, limit: number): Buffer | null {
  const first = flow.waiting[0];
  if (first === undefined) return null;
  const bytes = first.subarray(0, limit);
  if (bytes.length === first.length) flow.waiting.shift();
  else flow.waiting[0] = first.subarray(limit);
  flow.waitingBytes -= bytes.length;
  if (flow.waitingBytes <= QUEUE_BYTES) flow.from.resume();
  return bytes;
}

function deliver(flow: Flow, now: number): void {
  for (let next = flow.flying[0]; next !== undefined && next.at <= now; next = flow.flying[0]) {
    flow.flying.shift();
    if (!flow.to.destroyed) flow.to.write(next.bytes);
  }
  if (flow.ended && flow.flying.length === 0 && flow.waiting.length === 0) flow.to.end();
}
