const SLAB_BYTES = 64 * 1024;

/**
 * Buffers cut from larger ones, which live as long as any piece of them. For pieces that die in
 * about the order they were made, as the messages of one encoder do.
 */
export class Slab {
  #bytes = Buffer.alloc(0);
  #used = 0;

  /** `length` bytes of whatever was there before. */
  cut(length: number): Buffer {
    if (length > SLAB_BYTES / 4) return Buffer.allocUnsafeSlow(length);
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return this.#bytes.subarray(start, this.#used);
  }
}
