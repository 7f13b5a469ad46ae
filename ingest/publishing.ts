import type { Clock, NewId } from '../platform/clock.ts';
import type { AppError } from '../platform/errors.ts';
import { FeedServer } from './feed-server.ts';
import { Publisher, type PublisherHouse, refusal } from './publisher.ts';
import { type CutReason, RtmpListener } from './rtmp-listener.ts';
import type { FromWorker, ToWorker, WorkerCounts, WorkerOptions } from './worker-messages.ts';
import { WrongKeys } from './wrong-keys.ts';

const REPORT_MS = 1000;
/** Lines in the log a second; what is beyond is only counted. */
const MAX_LOG_LINES = 20;

const noCounts = (): WorkerCounts => ({ bytes: 0, shedFrames: 0, sources: 0, refused: {} });

/** Everything in the worker thread: the RTMP port, its publishers and the feeds of their sources. */
export class Publishing {
  readonly #options: WorkerOptions;
  readonly #clock: Clock;
  readonly #post: (message: FromWorker) => void;
  readonly #feeds: FeedServer;
  readonly #listener: RtmpListener;
  readonly #publishers = new Map<string, Publisher>();
  readonly #house: PublisherHouse;
  #counts = noCounts();
  #logLines = 0;
  #stopReports = () => {};

  constructor(options: {
    worker: WorkerOptions;
    clock: Clock;
    newId: NewId;
    post(message: FromWorker): void;
  }) {
    const { worker, clock, newId } = options;
    this.#options = worker;
    this.#clock = clock;
    this.#feeds = new FeedServer(clock, worker.feedHost);
    this.#post = options.post;
    this.#house = this.#openHouse(newId);
    this.#listener = new RtmpListener({
      limits: worker.limits,
      clock,
      tls: worker.tls,
      newListener: () => new Publisher(this.#house),
      onCut: (reason, address) => this.#noteCut(reason, address),
    });
  }

  #openHouse(newId: NewId): PublisherHouse {
    const { limits, readableCodecs: codecs, ffmpegVersion } = this.#options;
    return {
      clock: this.#clock,
      newId,
      feeds: this.#feeds,
      wrongKeys: new WrongKeys(),
      readable: { codecs, ffmpegVersion },
      firstSourceMs: limits.firstSourceMs,
      reached: new Map(),
      post: (message) => {
        if (message.type === 'source') this.#counts.sources += 1;
        this.#post(message);
      },
      fullBecause: () =>
        this.#publishers.size < limits.maxPublishers
          ? null
          : refusal(
              'publishers_full',
              'The server takes no more publishers; try again later.',
              503,
            ),
      opened: (publisher) => this.#publishers.set(publisher.id, publisher),
      accepted: (_publisher, connection) => this.#listener.settled(connection),
      closed: (publisher) => this.#close(publisher),
      refused: (error, address) => this.#noteRefused(error, address),
    };
  }

  /** Rejects with the system's error when the port cannot be had. */
  async start(): Promise<void> {
    await this.#feeds.listen();
    const rtmpPort = await this.#listener.listen(this.#options.host, this.#options.rtmpPort);
    this.#stopReports = this.#clock.every(REPORT_MS, () => this.#report());
    this.#post({ type: 'listening', rtmpPort });
  }

  stop(): void {
    this.#stopReports();
    this.#listener.close();
    this.#feeds.close();
  }

  receive(message: ToWorker): void {
    if (message.type === 'stop') {
      this.stop();
      return;
    }
    const publisher = this.#publishers.get(message.publisherId);
    if (message.type === 'evict') {
      publisher?.evict(message.code, message.message);
      return;
    }
    if (!message.answer.granted) this.#publishers.delete(message.publisherId);
    publisher?.answer(message.answer);
  }

  #close(publisher: Publisher): void {
    this.#publishers.delete(publisher.id);
    this.#counts.bytes += publisher.session?.takeBytes() ?? 0;
    this.#counts.shedFrames += publisher.session?.takeShedFrames() ?? 0;
  }

  #report(): void {
    const now = this.#clock.now();
    const reports = [];
    for (const publisher of [...this.#publishers.values()]) {
      const { session } = publisher;
      if (session === null) continue;
      if (now - session.lastMediaAt > this.#options.limits.silenceMs) {
        this.#noteCut('no_media', 'of a publisher');
        publisher.cut();
        continue;
      }
      session.tick(now);
      reports.push(session.report(now));
      this.#counts.bytes += session.takeBytes();
      this.#counts.shedFrames += session.takeShedFrames();
    }
    const pending = this.#listener.pending;
    this.#post({ type: 'report', publishers: reports, counts: this.#counts, pending });
    this.#counts = noCounts();
    this.#logLines = 0;
  }

  #noteRefused(error: AppError, address: string): void {
    this.#count(error.code);
    this.#log('publisher refused', { code: error.code, reason: error.message, address });
  }

  #noteCut(reason: CutReason | 'no_media', address: string): void {
    this.#count(reason);
    this.#log('connection cut', { code: reason, reason: CUT_REASONS[reason], address });
  }

  #count(code: string): void {
    this.#counts.refused[code] = (this.#counts.refused[code] ?? 0) + 1;
  }

  #log(phrase: string, fields: Record<string, string>): void {
    if (++this.#logLines > MAX_LOG_LINES) return;
    this.#post({ type: 'log', level: 'warn', phrase, fields });
  }
}

const CUT_REASONS: Record<CutReason | 'no_media', string> = {
  accept_failed: 'It could not be accepted; raise the limit of open files (ulimit -n).',
  silent: 'It did not finish the RTMP handshake in time; an encoder does so at once.',
  no_publish: 'It did not begin to publish in time; check the encoder.',
  crowded: 'Too many connections do not publish; the most idle one had to make room.',
  not_rtmp: 'It does not speak RTMP; point the encoder at rtmp://, and browsers at the HTTP port.',
  tls_off: 'It speaks RTMPS, but TLS_CERT and TLS_KEY are not set; set them, or use rtmp://.',
  tls_failed: 'Its TLS handshake failed; check the certificate in TLS_CERT and the encoder.',
  no_media: 'The encoder sent no media for too long; check its network.',
};
