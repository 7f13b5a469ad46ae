/** Figures of one side of a bench; units are in the names (`p50Ms`, `cpuPercent`). */
export type Figures = Record<string, number | string | boolean | null>;

/** The one JSON line a bench ends with. */
export interface BenchResult {
  bench: string;
  ours: Figures;
  /** The same figures of the peer, measured in the same run; null where there is no peer. */
  peer: Figures | null;
  /** Why there is no peer, or why it could not be measured. */
  why?: string;
  /** Ours over peer on the bench's main figure; null without a peer. */
  ratio: number | null;
  /** What must be reached, and whether this run did. */
  goals: Goal[];
  /** Settings of the run that its reader needs: durations, sizes, versions. */
  setting: Figures;
}

export interface Goal {
  what: string;
  measured: number | null;
  limit: number;
  /** `most`: measured may be at most the limit; `least`: at least. */
  kind: 'most' | 'least';
  met: boolean;
}

/** What every file directly under bench/ exports, run.ts and result.ts excepted. */
export interface Bench {
  /** One line for the list. */
  describe: string;
  run(args: string[]): Promise<BenchResult>;
}

export function goal(
  what: string,
  measured: number | null,
  kind: Goal['kind'],
  limit: number,
): Goal {
  const met = measured !== null && (kind === 'most' ? measured <= limit : measured >= limit);
  return { what, measured, limit, kind, met };
}

/** A figure worth reading: three decimals. */
export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** Progress goes to standard error; standard output carries the result alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
