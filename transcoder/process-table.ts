import { readFileSync } from 'node:fs';

/** Tells a process from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to its start (proc(5), stat field 22); null where there is no /proc. */
  startTicks: string | null;
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

/** Null when no such process runs, or where there is no /proc. A zombie counts as gone. */
export function startTicksOf(pid: number): string | null {
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  // The name in field 2 may hold spaces and brackets: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

export const identityOf = (pid: number): ProcessIdentity => ({
  pid,
  startTicks: startTicksOf(pid),
});

/** The arguments of a process, joined by spaces; empty when it is gone. */
export const argumentsOf = (pid: number): string =>
  (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ');

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** That very process still runs, not another one that was given its number. */
export const isSame = ({ pid, startTicks }: ProcessIdentity): boolean =>
  startTicks !== null && startTicksOf(pid) === startTicks;
