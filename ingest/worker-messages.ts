import type { Advice, PublisherFacts, Source, VideoCodec } from '../platform/stream.ts';

/** Deadlines and bounds of the RTMP port. Milliseconds where not said otherwise. */
export interface IngestLimits {
  /** From the connection to the end of its handshake. */
  handshakeMs: number;
  /** From the handshake to a publish command. */
  publishMs: number;
  /** A publisher that sends no media for so long is gone. */
  silenceMs: number;
  /** From the accepted publish to a source that can be played. */
  firstSourceMs: number;
  /** Connections that do not publish (yet); beyond it the oldest is cut. */
  maxPending: number;
  maxPendingPerAddress: number;
  maxPublishers: number;
}

export const INGEST_LIMITS: IngestLimits = {
  handshakeMs: 10_000,
  publishMs: 15_000,
  silenceMs: 15_000,
  firstSourceMs: 20_000,
  maxPending: 1024,
  maxPendingPerAddress: 128,
  maxPublishers: 1000,
};

/** What the worker is started with. */
export interface WorkerOptions {
  host: string;
  /** 0: any free one. */
  rtmpPort: number;
  /** Address that sources are read from. */
  feedHost: string;
  /** PEM texts; null: no RTMPS. */
  tls: { cert: string; key: string } | null;
  limits: IngestLimits;
  /** Codecs beside H.264 that the ffmpeg behind us reads, and what to say of it when it does not. */
  readableCodecs: VideoCodec[];
  ffmpegVersion: string | null;
}

export interface AuthoriseRequest {
  publisherId: string;
  streamKey: string;
  address: string;
  /** What is likely the same in the encoder's next attempt. */
  identity: string;
}

export interface PublishGrant {
  granted: true;
  channel: string;
  streamId: string;
  /** Wall milliseconds. */
  startedAt: number;
  /** Of the next source. */
  run: number;
  /** Newest media time that earlier publishers of this stream may have reached. */
  lastMediaMs: number;
}

export interface PublishRefusal {
  granted: false;
  code: string;
  message: string;
}

export type GoneReason = 'stopped' | 'lost';

export type ToWorker =
  | { type: 'authorised'; publisherId: string; answer: PublishGrant | PublishRefusal }
  | { type: 'evict'; publisherId: string; code: string; message: string }
  | { type: 'stop' };

export interface PublisherGone {
  publisherId: string;
  reason: GoneReason;
  /** Newest media time it reached; null: it sent none. */
  lastMediaMs: number | null;
  /** Why it was refused in the middle; null: it left by itself. */
  fault: { code: string; message: string } | null;
}

export interface PublisherReport {
  publisherId: string;
  streamId: string;
  facts: PublisherFacts;
  advice: Advice[];
  lastMediaMs: number;
  /** Media came in since the last report. */
  sending: boolean;
}

/** Counted in the worker since the last report. */
export interface WorkerCounts {
  bytes: number;
  shedFrames: number;
  sources: number;
  refused: Record<string, number>;
}

export type FromWorker =
  | { type: 'listening'; rtmpPort: number }
  | { type: 'listen_failed'; code: string; message: string }
  | ({ type: 'authorise' } & AuthoriseRequest)
  | { type: 'source'; publisherId: string; streamId: string; source: Source }
  | ({ type: 'gone' } & PublisherGone)
  | {
      type: 'report';
      publishers: PublisherReport[];
      counts: WorkerCounts;
      pending: number;
    }
  | {
      type: 'log';
      level: 'info' | 'warn' | 'error';
      phrase: string;
      fields: Record<string, string | number | boolean | null>;
    };
