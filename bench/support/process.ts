import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock ticks a second in /proc/PID/stat: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface Launched {
  child: ChildProcess;
  pid: number;
  /** What it wrote to standard error so far, at most the last 16 kB. */
  errors(): string;
  /** SIGTERM, then SIGKILL after 10 s; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts one program. Throws when it cannot be started. */
export async function launch(
  command: string,
  args: string[],
  options: SpawnOptions = {},
): Promise<Launched> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-16_384);
  });
  await once(child, 'spawn');
  return {
    child,
    pid: child.pid ?? 0,
    errors: () => errors,
    stop: () => stopChild(child),
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(hard);
}

/** In /proc/net/tcp: the state of a socket that waits for connections. */
const LISTENING = '0A';

function isListening(port: number): boolean {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    readFileSync(table, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .some(([, address, , state]) => address?.endsWith(local) && state === LISTENING),
  );
}

/**
 * Resolves when something listens on the port, without a connection that it would notice; throws
 * after `timeoutMs`.
 */
export async function untilListening(port: number, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isListening(port)) {
    if (Date.now() > deadline) throw new Error(`Nothing listens on port ${port}.`);
    await delay(20);
  }
}

function statOf(pid: number): { parent: number; ownTicks: number; reapedTicks: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields after the command's name, which may hold spaces: proc(5), field 3 is the first.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (field: number) => fields[field - 3] ?? 0;
    return { parent: at(4), ownTicks: at(14) + at(15), reapedTicks: at(16) + at(17) };
  } catch {
    return null;
  }
}

/** The process and everything below it, as alive now. */
export function processTree(pid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : null;
    if (stat !== null) {
      childrenOf.set(stat.parent, [...(childrenOf.get(stat.parent) ?? []), Number(entry)]);
    }
  }
  const tree: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    tree.push(next);
    queue.push(...(childrenOf.get(next) ?? []));
  }
  return tree;
}

/** CPU seconds (user and system) of one process, its reaped children not included. */
export function cpuSeconds(pid: number): number {
  return (statOf(pid)?.ownTicks ?? 0) / TICKS_PER_SECOND;
}

/** CPU seconds of the process and all below it, those that ended and were waited for included. */
export function treeCpuSeconds(pid: number): number {
  const ticks = processTree(pid).map((each) => {
    const stat = statOf(each);
    return stat === null ? 0 : stat.ownTicks + stat.reapedTicks;
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** Proportional set size of one process, bytes: pages shared with others count in part. */
export function pssBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    // It ended between the listing and the reading.
    return 0;
  }
}

/** Of the process and all below it. */
export function treePssBytes(pid: number): number {
  return processTree(pid).reduce((bytes, each) => bytes + pssBytes(each), 0);
}
