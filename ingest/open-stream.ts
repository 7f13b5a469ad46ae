import type { Log } from '../platform/log.ts';

/** Whom a stream's media comes from. */
export interface StreamPublisher {
  publisherId: string;
  /** Of the stream key it was let in with. */
  keyHash: string;
}

/** One stream from the first accepted publisher to the end of its last grace. */
export class OpenStream {
  readonly channel: string;
  readonly streamId: string;
  /** Wall milliseconds. */
  readonly startedAt: number;
  publisher: StreamPublisher | null = null;
  /** It had a source: viewers may know of it. */
  wentLive = false;
  nextRun: number;
  /** Of the newest lease that a publisher of this node was granted. */
  leaseRun: number;
  lastMediaMs = 0;
  /** Wall ms; null while it has a source. */
  graceEndsAt: number | null = null;
  cancelGrace = () => {};
  readonly #log: Log;
  #told: Promise<void> = Promise.resolve();
  #newestWaits = false;
  #failing = false;

  constructor(
    log: Log,
    stream: { channel: string; streamId: string; startedAt: number; run: number },
  ) {
    this.#log = log;
    this.channel = stream.channel;
    this.streamId = stream.streamId;
    this.startedAt = stream.startedAt;
    this.nextRun = stream.run;
    this.leaseRun = stream.run;
  }

  /** Resolves when everything so far was told. */
  get told(): Promise<void> {
    return this.#told;
  }

  /** Tells directory and bus, in the order of the calls; resolves when it was done. */
  tell(step: () => Promise<void>): Promise<void> {
    this.#told = this.#told.then(step).then(
      () => {
        this.#failing = false;
      },
      (error: unknown) => this.#noteFailure(error),
    );
    return this.#told;
  }

  /** The first of a row: there is one a second while the directory is away. */
  #noteFailure(error: unknown): void {
    if (!this.#failing) {
      this.#log.error({ err: error, streamId: this.streamId }, 'stream facts not told');
    }
    this.#failing = true;
  }

  /** As `tell`, of what is soon out of date: false, and it is left out, while one such waits. */
  tellNewest(step: () => Promise<void>): boolean {
    if (this.#newestWaits) return false;
    this.#newestWaits = true;
    void this.tell(step).then(() => {
      this.#newestWaits = false;
    });
    return true;
  }
}
