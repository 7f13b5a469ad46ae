import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../platform/errors.ts';
import { isAlive } from './process-table.ts';

/** sun_path holds 108 bytes with its terminator on Linux, 104 on macOS. */
const MAX_SOCKET_PATH_BYTES = 100;
const LONGEST_SOCKET_NAME = '/4194304-999999-source.sock'.length;

export interface RunDirectory {
  /** Pid files of the ffmpeg that run. Absolute. */
  path: string;
  /** Where the sockets lie; every ffmpeg of this server names it in its arguments. Absolute. */
  socketDir: string;
  socketPath(runNumber: number, rendition: string): string;
}

function makePrivate(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AppError({
      code: 'data_dir_not_writable',
      message: `The directory ${path} cannot be made. Give the user of this server the right to write there, or set DATA_DIR to another place.`,
      cause,
    });
  }
  const { uid, mode } = statSync(path);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new AppError({
      code: 'run_directory_not_ours',
      message: `The directory ${path} belongs to another user or is writable for others. Remove it, or set DATA_DIR to another place.`,
    });
  }
}

function removeStaleSockets(socketDir: string): void {
  for (const name of readdirSync(socketDir)) {
    const owner = /^(\d+)-.*\.sock$/.exec(name)?.[1];
    if (owner === undefined) continue;
    if (Number(owner) === process.pid || !isAlive(Number(owner))) {
      rmSync(join(socketDir, name), { force: true });
    }
  }
}

/** Makes DATA_DIR/run. Throws AppError `data_dir_not_writable` or `run_directory_not_ours`. */
export function openRunDirectory(dataDir: string): RunDirectory {
  const path = resolve(dataDir, 'run');
  makePrivate(path);
  let socketDir = path;
  if (Buffer.byteLength(path) + LONGEST_SOCKET_NAME > MAX_SOCKET_PATH_BYTES) {
    const name = createHash('sha256').update(path).digest('hex').slice(0, 12);
    socketDir = join(tmpdir(), `footlight-${name}`);
    makePrivate(socketDir);
  }
  removeStaleSockets(socketDir);
  return {
    path,
    socketDir,
    socketPath: (runNumber, rendition) =>
      join(socketDir, `${process.pid}-${runNumber}-${rendition}.sock`),
  };
}
