import { Worker } from 'node:worker_threads';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { threadOptions } from '../platform/thread-options.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './worker-messages.ts';

const WORKER_URL = new URL('./worker.ts', import.meta.url);
/** Media lives outside the heap, in buffers that have bounds of their own. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5000;
/** After so long without an end the next one is restarted from as if it were the first. */
const STEADY_MS = 30_000;
const STOP_MS = 2000;

export interface WorkerHostOptions {
  worker: WorkerOptions;
  clock: Clock;
  log: Log;
  /** A worker that reports nothing for so long hangs, and is ended. */
  hangMs?: number;
  workerUrl?: URL;
  onMessage(message: FromWorker): void;
  /** The thread is gone, and every connection with it. */
  onEnded(): void;
}

/** Keeps one ingest worker running: starts it again, on the same port, whenever it ends. */
export class WorkerHost {
  readonly #options: WorkerHostOptions;
  #worker: Worker | null = null;
  #port: number | null = null;
  #listening = false;
  #stopping = false;
  #startedAt = 0;
  /** Null: no thread, or one that is being ended. */
  #heardAt: number | null = null;
  #generation = 0;
  #backoffMs = FIRST_BACKOFF_MS;
  #cancelWatch = () => {};
  #cancelRestart = () => {};

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  get listening(): boolean {
    return this.#listening;
  }

  /** The RTMP port; null before the first start. */
  get port(): number | null {
    return this.#port;
  }

  /** Another number for each thread, from the end of the one before. */
  get generation(): number {
    return this.#generation;
  }

  /** Resolves when the port listens; rejects with AppError when it cannot. */
  async start(): Promise<void> {
    const { clock, hangMs = 15_000 } = this.#options;
    this.#cancelWatch = clock.every(Math.min(1000, hangMs), () => {
      if (this.#heardAt !== null && clock.now() - this.#heardAt > hangMs) {
        this.end('ingest worker hangs');
      }
    });
    await new Promise<void>((resolve, reject) => {
      this.#spawn((failed) => (failed === null ? resolve() : reject(failed)));
    });
  }

  post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Ends the thread at once; another one takes its place. */
  end(phrase: string): void {
    this.#options.log.error(phrase);
    this.#listening = false;
    this.#heardAt = null;
    this.#worker?.terminate().catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelWatch();
    this.#cancelRestart();
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.post({ type: 'stop' });
    const cancel = this.#options.clock.after(STOP_MS, () => void worker.terminate());
    await ended;
    cancel();
  }

  #spawn(onFirst: (failed: AppError | null) => void): void {
    const { clock, log, workerUrl = WORKER_URL } = this.#options;
    const workerData = {
      ...this.#options.worker,
      rtmpPort: this.#port ?? this.#options.worker.rtmpPort,
    };
    const worker = new Worker(workerUrl, {
      name: 'ingest',
      workerData,
      resourceLimits: RESOURCE_LIMITS,
      ...threadOptions(),
    });
    this.#worker = worker;
    this.#startedAt = clock.now();
    this.#heardAt = this.#startedAt;
    let failure: AppError | null = null;
    worker.on('message', (message: FromWorker) => {
      if (this.#heardAt === null) return;
      this.#heardAt = clock.now();
      if (message.type === 'listening') {
        this.#listening = true;
        this.#port = message.rtmpPort;
        onFirst(null);
      } else if (message.type === 'listen_failed') {
        failure = listenError(message, workerData);
        log.error({ reason: failure.message }, 'ingest cannot listen');
      } else this.#options.onMessage(message);
    });
    worker.on('error', (error) => log.error({ err: error }, 'ingest worker failed'));
    worker.once('exit', (code) => this.#ended(code, () => onFirst(failure ?? crashed())));
  }

  #ended(code: number, onFirst: () => void): void {
    this.#worker = null;
    this.#listening = false;
    this.#heardAt = null;
    this.#generation += 1;
    if (this.#stopping) return;
    this.#options.onEnded();
    const firstStart = this.#port === null;
    onFirst();
    if (firstStart) {
      this.#cancelWatch();
      return;
    }
    const { clock, log } = this.#options;
    if (clock.now() - this.#startedAt > STEADY_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    log.error({ exitCode: code, restartMs: this.#backoffMs }, 'ingest worker ended');
    const restart = () => {
      if (!this.#stopping) this.#spawn(() => {});
    };
    this.#cancelRestart = clock.after(this.#backoffMs, restart);
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
  }
}

const crashed = () =>
  new AppError({
    code: 'ingest_worker_failed',
    message: 'The ingest worker ended while starting; the log line before this one says why.',
  });

function listenError(
  fault: { code: string; message: string },
  { host, rtmpPort }: WorkerOptions,
): AppError {
  const sentences: Record<string, string> = {
    EADDRINUSE: `The RTMP port ${rtmpPort} is taken by another program. Stop that program, or set RTMP_PORT to a free port.`,
    EACCES: `The RTMP port ${rtmpPort} needs more rights than this user has. Set RTMP_PORT to a port above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Set HOST to one of its addresses, or to 0.0.0.0 for all.`,
  };
  return new AppError({
    code: 'rtmp_listen_failed',
    message:
      sentences[fault.code] ??
      `The RTMP port ${rtmpPort} on ${host} cannot be opened (${fault.message}). Check RTMP_PORT, HOST, TLS_CERT and TLS_KEY.`,
  });
}
