import type { Readable } from 'node:stream';

/** A file opened for one reader: it stays readable whatever becomes of its name. */
export interface StoredFile {
  size: number;
  /** @param range first and last byte */
  stream(range: { start: number; end: number }): Readable;
  close(): void;
}

/** Where segments are kept beyond the memory of the live window. */
export interface SegmentStore {
  /**
   * Keeps a file under `channel/streamId/rendition/name`, whole or not at all, and from now on
   * again if it was retired. The buffers are not to be changed afterwards.
   * @returns false when it is not kept: the store is full, broken, or too slow
   */
  put(path: string, bytes: readonly Uint8Array[]): Promise<boolean>;
  /** Null when there is none. */
  open(path: string): Promise<StoredFile | null>;
  /** The file or folder is not advertised any more: it goes after the retention. */
  retire(path: string): void;
  /** What is wrong, as one sentence with the cure; null while all is well. */
  readonly fault: string | null;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** How long files stay after they left the playlist, or after the end of their stream. */
export const RETENTION_MS = 10 * 60_000;
