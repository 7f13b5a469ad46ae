import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { ActiveRun } from './active-run.ts';

/** The runs of one stream: they follow each other, never beside each other. */
export class RunSequence {
  readonly #clock: Clock;
  readonly #log: Log;
  #current: ActiveRun | null = null;
  #changes: Promise<void> = Promise.resolve();

  constructor(options: { clock: Clock; log: Log }) {
    this.#clock = options.clock;
    this.#log = options.log;
  }

  get current(): ActiveRun | null {
    return this.#current;
  }

  /**
   * Gives the current run so long to come to its end by itself, ends it, and then starts the next.
   * @param start null: none is wanted any more
   */
  replace(patienceMs: number, start: () => ActiveRun | null): void {
    this.#change(async () => {
      await this.#endCurrent(patienceMs);
      this.#current = start();
    });
  }

  /** Kills the current run, which hangs; there is none until the next `replace`. */
  kill(): void {
    const run = this.#current;
    if (run === null) return;
    this.#current = null;
    run.process.kill();
    this.#change(async () => void (await run.process.finished));
  }

  /** Resolves when all is gone. */
  async end(): Promise<void> {
    this.#current?.process.end();
    this.#change(() => this.#endCurrent(0));
    await this.#changes;
  }

  #change(task: () => Promise<void>): void {
    this.#changes = this.#changes.then(task).catch((error: unknown) => {
      this.#log.error({ err: error }, 'transcode change failed');
    });
  }

  async #endCurrent(patienceMs: number): Promise<void> {
    const run = this.#current;
    if (run === null) return;
    this.#current = null;
    if (patienceMs === 0) run.process.end();
    const cancel = this.#clock.after(patienceMs, () => run.process.end());
    await run.process.finished;
    cancel();
  }
}
