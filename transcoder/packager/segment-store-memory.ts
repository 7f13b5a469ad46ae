import { Readable } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import { storeWrites } from './metrics.ts';
import { RETENTION_MS, type SegmentStore, type StoredFile } from './segment-store.ts';

/** Keeps files in memory, up to a number of bytes; what does not fit is refused. */
export class MemorySegmentStore implements SegmentStore {
  readonly fault = null;
  readonly #files = new Map<string, Buffer>();
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** Path to what cancels its removal. */
  readonly #retired = new Map<string, () => void>();
  #bytes = 0;

  constructor(options: { clock: Clock; maxBytes: number }) {
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes;
  }

  async put(path: string, bytes: readonly Uint8Array[]): Promise<boolean> {
    const size = bytes.reduce((sum, part) => sum + part.length, 0);
    const before = this.#files.get(path)?.length ?? 0;
    if (this.#bytes - before + size > this.#maxBytes) {
      storeWrites.inc({ result: 'dropped' });
      return false;
    }
    this.#bytes += size - before;
    this.#keep(path);
    this.#files.set(path, Buffer.concat(bytes, size));
    storeWrites.inc({ result: 'written' });
    return true;
  }

  async open(path: string): Promise<StoredFile | null> {
    const bytes = this.#files.get(path);
    if (bytes === undefined) return null;
    return {
      size: bytes.length,
      stream: ({ start, end }) => Readable.from([bytes.subarray(start, end + 1)]),
      close: () => {},
    };
  }

  #keep(path: string): void {
    this.#retired.get(path)?.();
    this.#retired.delete(path);
  }

  retire(path: string): void {
    this.#keep(path);
    const cancel = this.#clock.after(RETENTION_MS, () => {
      this.#retired.delete(path);
      for (const [name, bytes] of this.#files) {
        if (name !== path && !name.startsWith(`${path}/`)) continue;
        this.#bytes -= bytes.length;
        this.#files.delete(name);
      }
    });
    this.#retired.set(path, cancel);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    for (const cancel of this.#retired.values()) cancel();
    this.#retired.clear();
  }
}
