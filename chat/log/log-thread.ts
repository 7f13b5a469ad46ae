import { Worker } from 'node:worker_threads';
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { threadOptions } from '../../platform/thread-options.ts';
import { writerRestarts } from './chat-metrics.ts';
import type { FromLogWorker, ToLogWorker } from './log-messages.ts';

const WORKER_URL = new URL('./log-worker.ts', import.meta.url);
const STOP_MS = 5_000;
const FIRST_BACKOFF_MS = 50;
const MOST_BACKOFF_MS = 5_000;

export interface LogThreadOptions {
  file: string;
  clock: Clock;
  log: Log;
  workerUrl?: URL | undefined;
  onMessage(message: FromLogWorker): void;
  /** What it was asked is not answered any more. */
  onEnded(): void;
  onRestarted(): void;
}

/** The thread that keeps the log: started, started again when it ends by itself, and stopped. */
export class LogThread {
  readonly #options: LogThreadOptions;
  #worker: Worker | null = null;
  #ready = false;
  #stopping = false;
  #backoffMs = FIRST_BACKOFF_MS;
  #cancelRestart = () => {};

  constructor(options: LogThreadOptions) {
    this.#options = options;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** @throws AppError when the thread cannot open the log */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn(resolve, reject));
  }

  post(message: ToLogWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Ends the thread at once; another one is started. */
  terminate(): void {
    void this.#worker?.terminate();
  }

  /** For good. It is given time to come to rest, which it has when `atRest` resolves. */
  async stop(atRest: () => Promise<void>): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const cancel = this.#options.clock.after(STOP_MS, () => void worker.terminate());
    await Promise.race([ended, atRest()]);
    this.post({ type: 'stop' });
    await ended;
    cancel();
  }

  #spawn(onReady: () => void, onFailed: (error: AppError) => void): void {
    const { file, log, workerUrl = WORKER_URL } = this.#options;
    const worker = new Worker(workerUrl, {
      name: 'chat log',
      workerData: { file },
      ...threadOptions(),
    });
    this.#worker = worker;
    worker.on('message', (message: FromLogWorker) => {
      if (message.type === 'ready') {
        this.#ready = true;
        this.#backoffMs = FIRST_BACKOFF_MS;
        onReady();
      } else this.#options.onMessage(message);
    });
    worker.on('error', (error) => log.error({ err: error }, 'chat log writer failed'));
    worker.once('exit', () => {
      const wasReady = this.#ready;
      this.#worker = null;
      this.#ready = false;
      this.#options.onEnded();
      if (!wasReady) onFailed(cannotStart());
      else if (!this.#stopping) this.#restart();
    });
  }

  #restart(): void {
    const { clock, log } = this.#options;
    log.error({ restartMs: this.#backoffMs }, 'chat log writer ended');
    writerRestarts.inc();
    this.#cancelRestart = clock.after(this.#backoffMs, () => {
      this.#spawn(
        () => this.#options.onRestarted(),
        () => {
          if (!this.#stopping) this.#restart();
        },
      );
    });
    this.#backoffMs = Math.min(this.#backoffMs * 2, MOST_BACKOFF_MS);
  }
}

const cannotStart = () =>
  new AppError({
    code: 'chat_log_unusable',
    message:
      'The chat log in DATA_DIR cannot be opened; the log line before this one says why. Check that the disk has room and that this user owns the files.',
  });
