import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WireName } from './chat-wire.ts';

export interface JoinOrder {
  what: 'join';
  wire: WireName;
  port: number;
  /** The channel, where the wire has any. */
  channel?: string;
  sockets: number;
  /** The first sockets come with these; the others are guests. */
  tokens: string[];
  /** How many of the first sockets say something. */
  speakers: number;
}

export interface RunOrder {
  what: 'run';
  /** Messages a second. */
  rate: number;
  seconds: number;
}

/** How many sockets are gone. */
export interface LookOrder {
  what: 'look';
}

export type LoadOrder = JoinOrder | RunOrder | LookOrder;

export interface RunReport {
  deliveries: number;
  /** Messages times sockets. */
  wanted: number;
  /** Gaps in the offsets, added up over all sockets. */
  lost: number;
  repeated: number;
  frames: number;
  /** Sockets that are gone, since the beginning. */
  closed: number;
  closeCodes: Record<string, number>;
  /** By code. */
  refused: Record<string, number>;
  tookSeconds: number;
  /** In the middle of the run. */
  deliveriesPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  mostMs: number;
  clientCpuSeconds: number;
}

/** A process of its own with many chat clients. */
export class ChatLoad {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'chat-load-process.ts'), {
      execArgv: ['--max-semi-space-size=32'],
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async join(order: Omit<JoinOrder, 'what'>): Promise<void> {
    await this.#ask({ what: 'join', ...order });
  }

  run(order: Omit<RunOrder, 'what'>): Promise<RunReport> {
    return this.#ask({ what: 'run', ...order });
  }

  look(): Promise<Pick<RunReport, 'closed'>> {
    return this.#ask({ what: 'look' });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #ask(order: LoadOrder): Promise<RunReport> {
    this.#child.send(order);
    const [report] = (await once(this.#child, 'message')) as [RunReport];
    return report;
  }
}
