import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/**
 * A playlist rendered once. Both bodies are strings of one byte a character, because Node sends header
 * and body of such a response in one write; `gzip` is made when somebody first asks for it.
 */
export class RenderedText {
  readonly text: string;
  readonly etag: string;
  #gzip: string | null = null;

  /** @param text ASCII */
  constructor(text: string) {
    this.text = text;
    this.etag = createHash('sha1').update(text).digest('base64url').slice(0, 16);
  }

  get gzip(): string {
    // Level 1: within some percent of the best for text this repetitive, at a third of the time.
    this.#gzip ??= gzipSync(this.text, { level: 1 }).toString('latin1');
    return this.#gzip;
  }
}
