import type { Clock } from '../../platform/clock.ts';
import type { AppError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { batchEntries, commitSeconds, entriesRefused } from './chat-metrics.ts';
import { chatUnavailable } from './chat-unavailable.ts';
import type { Asked, FromLogWorker, Kept, Question } from './log-messages.ts';
import { type Answer, LogQuestions } from './log-questions.ts';
import { LogThread } from './log-thread.ts';

const MOST_A_BATCH = 500;
const MOST_WAITING = 10_000;
/** A thread that answers nothing for so long hangs, and is ended. */
const ANSWER_MS = 15_000;

export interface LogWriterOptions {
  file: string;
  clock: Clock;
  log: Log;
  /** Before those who published hear of it. */
  onKept(batch: Asked[], kept: Kept[]): void;
  /** What was kept last by the thread before may not have been told. */
  onRestarted(): void;
  workerUrl?: URL;
}

interface Waiting {
  asked: Asked;
  resolve(kept: Kept): void;
  reject(error: AppError): void;
}

/**
 * Hands entries to the thread that keeps them. One batch is with it at a time; the next gathers
 * meanwhile, so a quiet channel waits for nothing and a busy one shares its commits.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #thread: LogThread;
  #stopping = false;
  #waiting: Waiting[] = [];
  #batch: Waiting[] = [];
  #pumpQueued = false;
  readonly #questions = new LogQuestions();
  #cancelHang = () => {};
  #whenIdle: (() => void) | null = null;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#thread = new LogThread({
      ...options,
      onMessage: (message) => this.#receive(message),
      onEnded: () => this.#rejectAll(),
    });
  }

  get ready(): boolean {
    return this.#thread.ready;
  }

  /** @throws AppError when the thread cannot open the log */
  start(): Promise<void> {
    return this.#thread.start();
  }

  append(asked: Asked): Promise<Kept> {
    if (!this.ready || this.#stopping || this.#waiting.length >= MOST_WAITING) {
      entriesRefused.inc();
      const cause = this.ready ? 'too many wait' : 'the log is being opened';
      return Promise.reject(chatUnavailable(new Error(cause)));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, resolve, reject });
      if (this.#pumpQueued || this.#batch.length > 0) return;
      // What is published in one go is one batch.
      this.#pumpQueued = true;
      queueMicrotask(() => this.#pump());
    });
  }

  ask(question: Question): Promise<Answer> {
    if (!this.ready) return Promise.reject(chatUnavailable(new Error('the log is being opened')));
    const { id, answer } = this.#questions.add();
    this.#thread.post({ type: 'ask', id, question });
    return answer;
  }

  /** What was published before is kept first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#thread.stop(() => this.#atRest());
  }

  async #atRest(): Promise<void> {
    if (this.#batch.length + this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  #pump(): void {
    this.#pumpQueued = false;
    if (!this.ready || this.#batch.length > 0) return;
    if (this.#waiting.length === 0) {
      this.#whenIdle?.();
      return;
    }
    this.#batch = this.#waiting.splice(0, MOST_A_BATCH);
    this.#cancelHang = this.#options.clock.after(ANSWER_MS, () => {
      this.#options.log.error({}, 'chat log writer hangs');
      this.#thread.terminate();
    });
    this.#thread.post({ type: 'append', batch: this.#batch.map((waiting) => waiting.asked) });
  }

  #receive(message: FromLogWorker): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'appended':
        this.#kept(message.kept, message.seconds);
        return;
      case 'not_appended':
        this.#options.log.error({ reason: message.reason }, 'chat log could not be written');
        this.#endBatch((waiting) => waiting.reject(chatUnavailable(new Error(message.reason))));
        return;
      case 'answer':
      case 'no_answer':
        this.#questions.settle(message);
        return;
    }
  }

  #kept(kept: Kept[], seconds: number): void {
    commitSeconds.observe(seconds);
    batchEntries.observe(kept.length);
    const asked = this.#batch.map((waiting) => waiting.asked);
    this.#options.onKept(asked, kept);
    this.#endBatch((waiting, index) => {
      const one = kept[index];
      if (one !== undefined) waiting.resolve(one);
    });
  }

  #endBatch(settle: (waiting: Waiting, index: number) => void): void {
    this.#cancelHang();
    const batch = this.#batch;
    this.#batch = [];
    batch.forEach(settle);
    this.#pump();
  }

  #rejectAll(): void {
    this.#cancelHang();
    const cause = chatUnavailable(new Error('the thread that keeps the log ended'));
    const lost = [...this.#batch, ...this.#waiting];
    this.#batch = [];
    this.#waiting = [];
    for (const waiting of lost) waiting.reject(cause);
    this.#questions.rejectAll(cause);
  }
}
