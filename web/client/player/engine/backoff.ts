/** Gently longer waits, with jitter so that a room full of viewers does not knock in step. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: { firstMs: number; maxMs: number; random?: () => number }) {
    this.#firstMs = options.firstMs;
    this.#maxMs = options.maxMs;
    this.#random = options.random ?? Math.random;
  }

  /** The wait before the next attempt, milliseconds. */
  nextMs(): number {
    const full = Math.min(this.#maxMs, this.#firstMs * 1.6 ** this.#attempts);
    return full * (0.8 + 0.2 * this.#random());
  }

  /** Runs `attempt` after the wait, in place of one still planned. */
  plan(attempt: () => void): void {
    this.cancel();
    this.#timer = setTimeout(attempt, this.nextMs());
    this.#attempts += 1;
  }

  /** It worked: the next failure waits the first time again. */
  succeeded(): void {
    this.cancel();
    this.#attempts = 0;
  }

  cancel(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
  }
}
