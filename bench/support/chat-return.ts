import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WireName } from './chat-wire.ts';

export interface ReturnOrder {
  wire: WireName;
  port: number;
  sockets: number;
  /** Of those who keep talking, and are not dropped. */
  tokens: string[];
  /** Messages a second. */
  rate: number;
}

export interface ReturnReport {
  /**
   * From the moment at which all are dropped to the last who is back and has what it missed; null:
   * not within a minute.
   */
  allBackMs: number | null;
  medianBackMs: number | null;
  /** Who began afresh instead of getting the gap. */
  notResumed: number;
  /** Connections that were refused or broke on the way back, and were tried again. */
  retries: number;
  /** Messages of the gaps and of the seconds around them, added up over all. */
  lost: number;
  repeated: number;
  /** What each of them missed, at most. */
  longestGap: number;
  /** Said and heard by those who stayed. */
  said: number;
}

/** Drops as many clients at once, in a process of its own, and times their return. */
export async function measureReturn(order: ReturnOrder): Promise<ReturnReport> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'chat-return-process.ts'), {
    execArgv: ['--max-semi-space-size=32'],
  });
  try {
    child.send(order);
    const failed = once(child, 'exit').then(() => {
      throw new Error('The clients of chat-reconnect ended by themselves.');
    });
    const [report] = (await Promise.race([once(child, 'message'), failed])) as [ReturnReport];
    return report;
  } finally {
    child.kill('SIGKILL');
  }
}
