import type { ActiveRun } from './active-run.ts';

const DELAYS_MS = [100, 500, 1000, 2000, 5000, 10_000];
/** A run that lived so long was sound; the next fault begins anew. */
const SOUND_RUN_MS = 60_000;
const HARDWARE_TRIES = 2;

/** The ends that one stream's runs came to before their time, and what follows from them. */
export class RunFailures {
  #inARow = 0;
  #softwareInstead: string | null = null;

  /** Without a minute of peace between them. */
  get inARow(): number {
    return this.#inARow;
  }

  /** Label of the hardware encoder that is given up on this stream; null: none is. */
  get softwareInstead(): string | null {
    return this.#softwareInstead;
  }

  /** How long the next start has to wait, ms. */
  get delayMs(): number {
    const last = DELAYS_MS.length - 1;
    return DELAYS_MS[Math.min(Math.max(this.#inARow - 1, 0), last)] ?? 0;
  }

  count(run: Pick<ActiveRun, 'startedAt' | 'encoder'>, now: number): void {
    this.#inARow = now - run.startedAt >= SOUND_RUN_MS ? 1 : this.#inARow + 1;
    if (run.encoder.hardware && this.#inARow >= HARDWARE_TRIES) {
      this.#softwareInstead = run.encoder.label;
    }
  }

  /** A new source owes nothing to the faults of the one before. */
  forgive(): void {
    this.#inARow = 0;
  }
}
