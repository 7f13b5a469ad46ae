import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../platform/errors.ts';
import type { Bench } from './result.ts';
import { say } from './result.ts';

const BENCH_DIR = import.meta.dirname;
const NOT_BENCHES = new Set(['run.ts', 'result.ts']);

/** Names of the benches: every TypeScript file directly under bench/ that is one. */
export function benchNames(): string[] {
  return readdirSync(BENCH_DIR)
    .filter((file) => file.endsWith('.ts') && !NOT_BENCHES.has(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** Throws when the file exports no `describe` or no `run`. */
export async function loadBench(name: string): Promise<Bench> {
  const loaded: Partial<Bench> = await import(pathToFileURL(join(BENCH_DIR, `${name}.ts`)).href);
  if (typeof loaded.describe !== 'string' || typeof loaded.run !== 'function') {
    throw new TypeError(`bench/${name}.ts exports no describe and run.`);
  }
  return { describe: loaded.describe, run: loaded.run };
}

async function list(): Promise<void> {
  const names = benchNames();
  const width = Math.max(...names.map((name) => name.length));
  process.stdout.write('npm run bench -- NAME [--options]\n\n');
  for (const name of names) {
    const bench = await loadBench(name);
    process.stdout.write(`  ${name.padEnd(width)}  ${bench.describe}\n`);
  }
}

/** Runs it and writes its result as one JSON line; the goals go to standard error. */
export async function runBench(
  bench: Bench,
  args: string[],
  write: (line: string) => void,
): Promise<void> {
  const result = await bench.run(args);
  for (const { what, measured, kind, limit, met } of result.goals) {
    say(`${met ? 'met   ' : 'MISSED'} ${what}: ${measured} (at ${kind} ${limit})`);
  }
  write(`${JSON.stringify(result)}\n`);
}

/** Returns the exit code: 0 when it ran, whether or not the goals were met. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'list') {
    await list();
    return 0;
  }
  if (!benchNames().includes(name)) {
    say(`There is no bench "${name}". The benches are: ${benchNames().join(', ')}.`);
    return 2;
  }
  await runBench(await loadBench(name), rest, (line) => process.stdout.write(line));
  return 0;
}

if (process.argv[1] !== undefined && dirname(process.argv[1]) === BENCH_DIR) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
    process.exitCode = 1;
  }
}
