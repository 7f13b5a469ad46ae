import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { ActiveRun } from './active-run.ts';
import type { FfmpegExit } from './ffmpeg-command.ts';

interface RunSequenceOptions {
  clock: Clock;
  log: Log;
  /** The current run came to an end that nobody here brought about; there is none until `replace`. */
  onEnd(run: ActiveRun, exit: FfmpegExit): void;
}

/** The runs of one stream: they follow each other, never beside each other. */
export class RunSequence {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onEnd: RunSequenceOptions['onEnd'];
  #current: ActiveRun | null = null;
  #changes: Promise<void> = Promise.resolve();

  constructor(options: RunSequenceOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#onEnd = options.onEnd;
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
      const run = start();
      this.#current = run;
      if (run !== null) void run.process.finished.then((exit) => this.#finished(run, exit));
    });
  }

  #finished(run: ActiveRun, exit: FfmpegExit): void {
    if (this.#current !== run) return;
    this.#current = null;
    this.#onEnd(run, exit);
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
