import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A playlist rendered once: its bytes, compressed when somebody first asks for that, and its tag. */
export class RenderedText {
  readonly text: string;
  readonly plain: Buffer;
  readonly etag: string;
  #gzip: Buffer | null = null;

  constructor(text: string) {
    this.text = text;
    this.plain = Buffer.from(text);
    this.etag = createHash('sha1').update(text).digest('base64url').slice(0, 16);
  }

  get gzip(): Buffer {
    // Level 1: within some percent of the best for text this repetitive, at a third of the time.
    this.#gzip ??= gzipSync(this.plain, { level: 1 });
    return this.#gzip;
  }
}
