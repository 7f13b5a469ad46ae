import { type FileHandle, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { storeWrites } from './metrics.ts';
import { RETENTION_MS, type SegmentStore, type StoredFile } from './segment-store.ts';
import { sweepLeftovers } from './store-sweep.ts';

export interface DiskStoreOptions {
  /** Everything lies below this folder. */
  directory: string;
  clock: Clock;
  log: Log;
  /** Bytes that may wait to be written; what comes beyond is dropped. */
  maxQueuedBytes?: number;
}

const SWEEP_MS = 30_000;
/** Without a failed write for so long, all is well again. */
const CALM_MS = 30_000;
const DEFAULT_MAX_QUEUED = 64 * 1024 * 1024;
const CURES: Record<string, string> = {
  ENOSPC: 'The disk of DATA_DIR is full: free some space.',
  EDQUOT: 'The disk quota of DATA_DIR is used up: free some space.',
  EACCES: 'DATA_DIR is not writable: give its folder to the user that runs the server.',
  EPERM: 'DATA_DIR is not writable: give its folder to the user that runs the server.',
  EROFS: 'DATA_DIR lies on a read-only file system: mount it writable or set another DATA_DIR.',
};

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const cause = CURES[code] ?? `Files cannot be written to DATA_DIR (${messageOf(error)}).`;
  return `${cause} Streams go on from memory, without files for static servers, until then.`;
}

const sizeOf = (bytes: readonly Uint8Array[]) => bytes.reduce((sum, part) => sum + part.length, 0);

async function writeAll(file: FileHandle, bytes: readonly Uint8Array[]): Promise<void> {
  const size = sizeOf(bytes);
  const { bytesWritten } = await file.writev(bytes);
  if (bytesWritten === size) return;
  // A full disk takes a part of it before it refuses.
  throw Object.assign(new Error('the file was written in part only'), { code: 'ENOSPC' });
}

/** Keeps files on disk, each written under another name and then renamed, one after the other. */
export class DiskSegmentStore implements SegmentStore {
  fault: string | null = null;
  /** The newest write that failed, and the largest since all was well; null while all is. */
  #lastFailure: { at: number; bytes: number } | null = null;
  readonly #options: DiskStoreOptions;
  readonly #log: Log;
  /** Folders that are known to be there. */
  readonly #folders = new Set<string>();
  /** `channel/streamId` of what this server writes, whatever becomes of its folders. */
  readonly #streams = new Set<string>();
  /** Path to the wall ms from which it may go. */
  readonly #retired = new Map<string, number>();
  #queuedBytes = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #stopSweeping: () => void = () => {};

  constructor(options: DiskStoreOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  async start(): Promise<void> {
    this.#stopSweeping = this.#options.clock.every(SWEEP_MS, () => void this.#sweep());
    await this.#sweep();
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    this.#stopSweeping();
    await this.#queue;
  }

  put(path: string, bytes: readonly Uint8Array[]): Promise<boolean> {
    const size = sizeOf(bytes);
    if (this.#queuedBytes + size > (this.#options.maxQueuedBytes ?? DEFAULT_MAX_QUEUED)) {
      storeWrites.inc({ result: 'dropped' });
      return Promise.resolve(false);
    }
    this.#queuedBytes += size;
    this.#retired.delete(path);
    this.#streams.add(path.split('/', 2).join('/'));
    const written = this.#queue.then(() => this.#write(path, bytes));
    this.#queue = written;
    return written.finally(() => {
      this.#queuedBytes -= size;
    });
  }

  async #write(path: string, bytes: readonly Uint8Array[]): Promise<boolean> {
    const target = join(this.#options.directory, path);
    const temporary = `${target}.tmp`;
    try {
      await this.#makeFolder(dirname(target));
      const file = await open(temporary, 'w');
      try {
        await writeAll(file, bytes);
      } finally {
        await file.close();
      }
      await rename(temporary, target);
      this.#written(sizeOf(bytes));
      storeWrites.inc({ result: 'written' });
      return true;
    } catch (error) {
      this.#failed(error, sizeOf(bytes));
      await unlink(temporary).catch(() => {});
      return false;
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await mkdir(folder, { recursive: true });
    this.#folders.add(folder);
  }

  #failed(error: unknown, bytes: number): void {
    storeWrites.inc({ result: 'failed' });
    this.#folders.clear();
    const at = this.#options.clock.now();
    this.#lastFailure = { at, bytes: Math.max(bytes, this.#lastFailure?.bytes ?? 0) };
    if (this.fault === null)
      this.#log.error({ err: error, cause: faultOf(error) }, 'segments cannot be written');
    this.fault = faultOf(error);
  }

  /** A full disk still takes a playlist here and there. */
  #written(bytes: number): void {
    const failure = this.#lastFailure;
    if (failure === null) return;
    const isCalm = this.#options.clock.now() - failure.at >= CALM_MS;
    if (!isCalm && bytes < failure.bytes / 2) return;
    this.#lastFailure = null;
    this.fault = null;
    this.#log.info('segments are written again');
  }

  async open(path: string): Promise<StoredFile | null> {
    try {
      const file = await open(join(this.#options.directory, path), 'r');
      const { size } = await file.stat();
      return {
        size,
        // The open handle keeps the bytes readable after the file was removed.
        stream: (range) => file.createReadStream(range),
        close: () => void file.close().catch(() => {}),
      };
    } catch {
      return null;
    }
  }

  retire(path: string): void {
    this.#retired.set(path, this.#options.clock.now() + RETENTION_MS);
  }

  /** Removes what is over its retention: ours by the list, an earlier server's by age. */
  async #sweep(): Promise<void> {
    const now = this.#options.clock.now();
    for (const [path, from] of this.#retired) {
      if (from > now) continue;
      this.#retired.delete(path);
      const target = join(this.#options.directory, path);
      this.#streams.delete(path);
      for (const folder of this.#folders) {
        if (folder === target || folder.startsWith(`${target}${sep}`)) this.#folders.delete(folder);
      }
      await rm(target, { recursive: true, force: true }).catch(() => {});
    }
    const isOurs = (path: string) => this.#streams.has(path.split(sep).join('/'));
    await sweepLeftovers(this.#options.directory, { now, isOurs });
  }
}
