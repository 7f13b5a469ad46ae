import type { MediaTag } from './media-tag.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_MS = 20_000;

/**
 * The tags from the newest entry point on, so that a consumer can begin at once. A group of pictures
 * beyond the bound is given up: consumers then begin at the next keyframe.
 */
export class GopCache {
  #tags: MediaTag[] = [];
  #bytes = 0;

  get tags(): readonly MediaTag[] {
    return this.#tags;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(tag: MediaTag): void {
    if (tag.entry) this.clear();
    else if (this.#tags.length === 0) return;
    this.#tags.push(tag);
    this.#bytes += tag.bytes.length;
    const beganMs = this.#tags[0]?.mediaMs ?? tag.mediaMs;
    if (this.#bytes > MAX_BYTES || tag.mediaMs - beganMs > MAX_MS) this.clear();
  }

  clear(): void {
    this.#tags = [];
    this.#bytes = 0;
  }
}
