import type { Clock } from '../../platform/clock.ts';
import type { Rendition } from './rendition.ts';

/** Renditions that a stream does not offer any more, kept for those who still read their media. */
export class GivenUpRenditions {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #names = new Set<string>();
  readonly #kept = new Set<Rendition>();
  readonly #timers = new Set<() => void>();

  /** @param options.keepMs for how long their bytes stay in memory */
  constructor(options: { clock: Clock; keepMs: number }) {
    this.#clock = options.clock;
    this.#keepMs = options.keepMs;
  }

  add(rendition: Rendition): void {
    this.#names.add(rendition.plan.name);
    this.#kept.add(rendition);
    const cancel = this.#clock.after(this.#keepMs, () => {
      this.#timers.delete(cancel);
      this.#kept.delete(rendition);
    });
    this.#timers.add(cancel);
  }

  /** Was this name ever given up? */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Those whose bytes are still in memory. */
  named(name: string): Rendition[] {
    return [...this.#kept].filter(({ plan }) => plan.name === name);
  }

  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#kept.clear();
  }
}
