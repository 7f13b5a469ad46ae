import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { until } from '../../support/until.ts';

const PROGRAM = fileURLToPath(new URL('./log-process.ts', import.meta.url));

export type LogProcessTask =
  | {
      type: 'publish';
      store: { type: 'embedded'; dataDir: string } | { type: 'redis'; url: string };
      /** Client ids that were sent before and not answered: sent again. */
      unacked: string[];
      /** Of its own client ids. */
      prefix: string;
    }
  | { type: 'archive'; dataDir: string; redisUrl: string };

interface Place {
  offset: number;
  id: string;
}

export type LogProcessLine =
  | { type: 'started' | 'reset' }
  | { type: 'sent'; clientId: string }
  | ({ type: 'acked'; clientId: string } & Place)
  | { type: 'heard'; entries: Place[] };

/** A process that can be killed, and what it said before. */
export function startLogProcess(task: LogProcessTask, onLine: (line: LogProcessLine) => void) {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new TypeError('its output is a pipe');
  const lines = createInterface({ input: child.stdout });
  // What was cut off by the kill was never said.
  lines.on('line', (line) => {
    if (line.endsWith('}')) onLine(JSON.parse(line));
  });
  const said = once(lines, 'close');
  return {
    async kill9(): Promise<void> {
      child.kill('SIGKILL');
      await said;
    },
  };
}

/** What clients of one channel were told, over all deaths. */
export class ToldLedger {
  /** By client id. */
  readonly acked = new Map<string, Place>();
  readonly #unacked = new Set<string>();
  /** What each listener shows: by offset the id heard there, since it last began anew. */
  readonly #shown: Map<number, string>[] = [];
  readonly faults: string[] = [];
  resets = 0;

  get unacked(): string[] {
    return [...this.#unacked];
  }

  /** It hears each entry once, in order. */
  listener(): (line: LogProcessLine) => void {
    const shown = new Map<number, string>();
    this.#shown.push(shown);
    let newest: number | null = null;
    return (line) => {
      if (line.type === 'sent') this.#unacked.add(line.clientId);
      else if (line.type === 'acked') this.#ack(line);
      else if (line.type === 'reset') {
        this.resets += 1;
        newest = null;
        shown.clear();
      } else if (line.type === 'heard') {
        for (const { offset, id } of line.entries) {
          if (offset !== (newest ?? offset - 1) + 1) this.faults.push(`${offset} after ${newest}`);
          newest = offset;
          shown.set(offset, id);
        }
      }
    };
  }

  /** Kills it while it works, as soon as it was told of so many more. */
  async killAfter(process: { kill9(): Promise<void> }, acks: number): Promise<void> {
    await this.untilMore(acks);
    await process.kill9();
  }

  async untilMore(acks: number): Promise<void> {
    const before = this.acked.size;
    await until(() => expect(this.acked.size).toBeGreaterThan(before + acks));
  }

  /** Holds what is in the log against what was told; its messages say their client ids. */
  check(log: (Place & { text: string })[]): void {
    expect(this.faults).toEqual([]);
    expect(log.map((entry) => entry.offset)).toEqual(log.map((_, index) => index + 1));
    const kept = new Map(log.map((entry) => [entry.text, entry]));
    expect(kept.size).toBe(log.length);
    const lost = [...this.acked].filter(([clientId, { offset, id }]) => {
      const entry = kept.get(clientId);
      return entry?.offset !== offset || entry.id !== id;
    });
    expect(lost).toEqual([]);
    const ids = new Map(log.map((entry) => [entry.offset, entry.id]));
    for (const shown of this.#shown) {
      for (const [offset, id] of shown) expect(ids.get(offset)).toBe(id);
    }
  }

  #ack({ clientId, offset, id }: { clientId: string } & Place): void {
    const before = this.acked.get(clientId);
    if (before !== undefined && before.id !== id) this.faults.push(`${clientId} became two`);
    this.acked.set(clientId, { offset, id });
    this.#unacked.delete(clientId);
  }
}
