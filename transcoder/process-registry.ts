import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { argumentsOf, identityOf, isSame, type ProcessIdentity } from './process-table.ts';
import type { RunDirectory } from './run-directory.ts';

/** What a pid file holds. */
interface PidFile {
  child: ProcessIdentity;
  server: ProcessIdentity;
}

export interface ProcessRegistry {
  /** Notes an ffmpeg that runs; the returned function forgets it. */
  add(pid: number): () => void;
  /** Ends every ffmpeg that an earlier server left behind; says how many. */
  endOrphans(): number;
}

const isIdentity = (value: unknown): value is ProcessIdentity =>
  typeof value === 'object' && value !== null && 'pid' in value && Number.isInteger(value.pid);

function readPidFile(path: string): PidFile | null {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof read !== 'object' || read === null) return null;
    if (!('child' in read) || !('server' in read)) return null;
    const { child, server } = read;
    return isIdentity(child) && isIdentity(server) ? { child, server } : null;
  } catch {
    return null;
  }
}

function endProcess(pid: number, log: Log): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    log.warn({ pid }, 'orphan ffmpeg ended');
    return true;
  } catch (error) {
    log.warn({ pid, reason: messageOf(error) }, 'orphan ffmpeg was not ended');
    return false;
  }
}

/**
 * The ffmpeg processes of this server, as files that outlive it. One is ended only when its number,
 * its start time and its arguments (our socket directory) all fit, and its server is gone.
 */
export function createProcessRegistry(directory: RunDirectory, log: Log): ProcessRegistry {
  const server = identityOf(process.pid);
  const isOurs = ({ child }: PidFile) =>
    isSame(child) && argumentsOf(child.pid).includes(`unix:${directory.socketDir}/`);

  return {
    add(pid) {
      const path = join(directory.path, `ffmpeg-${pid}.json`);
      try {
        writeFileSync(path, JSON.stringify({ child: identityOf(pid), server } satisfies PidFile));
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'pid file was not written');
      }
      return () => rmSync(path, { force: true });
    },
    endOrphans() {
      let ended = 0;
      for (const name of readdirSync(directory.path)) {
        if (!/^ffmpeg-\d+\.json$/.test(name)) continue;
        const path = join(directory.path, name);
        const found = readPidFile(path);
        if (found !== null && isSame(found.server)) continue;
        if (found !== null && isOurs(found)) {
          ended += endProcess(found.child.pid, log) ? 1 : 0;
        }
        rmSync(path, { force: true });
      }
      return ended;
    },
  };
}
