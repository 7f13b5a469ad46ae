import type { Clock } from '../platform/clock.ts';

/** Without lag for so long, one rung more is tried; each failure doubles it. */
const TRY_AGAIN_MS = 5 * 60_000;
/** A new source is a break anyway, so there it is tried sooner. */
const TRY_AT_BREAK_MS = 60_000;

/** The rungs that one stream gave up because its encoders fell behind, and when one may come back. */
export class ShedRungs {
  readonly #clock: Clock;
  readonly #names: string[] = [];
  #waitMs = TRY_AGAIN_MS;
  /** Wall ms of the last lag, loss or return. */
  #restlessAt = 0;
  /** Wall ms of the last return; null: none yet, or it failed. */
  #triedAt: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In the order in which they went. */
  get names(): readonly string[] {
    return this.#names;
  }

  shed(name: string): void {
    const now = this.#clock.now();
    const failed = this.#triedAt !== null && now - this.#triedAt < this.#waitMs;
    this.#waitMs = failed ? this.#waitMs * 2 : TRY_AGAIN_MS;
    this.#triedAt = null;
    this.#names.push(name);
    this.#restlessAt = now;
  }

  /** The encoders fell behind with nothing left to give up, or failed: the peace begins anew. */
  noteTrouble(): void {
    this.#restlessAt = this.#clock.now();
  }

  /** Gives the rung that went last another chance when it is time. Returns whether it does. */
  tryOneMore(when: 'unbroken' | 'new source'): boolean {
    const now = this.#clock.now();
    const waitMs = when === 'unbroken' ? this.#waitMs : TRY_AT_BREAK_MS;
    if (this.#names.length === 0 || now - this.#restlessAt < waitMs) return false;
    this.#names.pop();
    this.#triedAt = now;
    this.#restlessAt = now;
    return true;
  }
}
