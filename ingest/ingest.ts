import { readFile } from 'node:fs/promises';
import type { StreamContext } from '../platform/context.ts';
import { AppError, messageOf, unreachable } from '../platform/errors.ts';
import { readFfmpegCapabilities } from '../platform/ffmpeg-capabilities.ts';
import { LOOPBACK } from '../platform/internal-address.ts';
import type { Service } from '../platform/service.ts';
import type { Source } from '../platform/stream.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { PublishAuthority } from './publish-authority.ts';
import { StreamLifecycle } from './stream-lifecycle.ts';
import { WorkerHost } from './worker-host.ts';
import {
  type AuthoriseRequest,
  type FromWorker,
  INGEST_LIMITS,
  type IngestLimits,
  type WorkerOptions,
} from './worker-messages.ts';

/** What a publisher may have sent since its last report when the worker ends. */
const UNREPORTED_MS = 1100;

export interface Ingest extends Service {
  /** Where encoders publish; null before `start`. */
  rtmpPort(): number | null;
  /** Ends the worker thread; it starts again by itself. */
  endWorker(): void;
}

export interface IngestOptions {
  limits?: Partial<IngestLimits>;
  /** What the ffmpeg behind us can read; asked from it when not given. */
  readableCodecs?: WorkerOptions['readableCodecs'];
  /** Where transcoders reach this process; loopback when not given. */
  feedHost?: string;
}

/** RTMP in. The port and its parsing are a worker thread's; who may publish is decided here. */
export function createIngest(context: StreamContext, options: IngestOptions = {}): Ingest {
  const log = context.log.child({ service: 'ingest' });
  const evict = (publisherId: string, code: string, message: string) => {
    if (code === 'taken_over') ingestMetrics.takeovers.inc();
    log.warn({ publisherId, code }, 'publisher evicted');
    host?.post({ type: 'evict', publisherId, code, message });
  };
  const lifecycle = new StreamLifecycle({ ...context, log }, { evict });
  const authority = new PublishAuthority({ ...context, log }, lifecycle, { evict });
  let host: WorkerHost | null = null;
  let unsubscribe = () => {};

  const authorise = async (request: AuthoriseRequest) => {
    const { publisherId } = request;
    const generation = host?.generation;
    const answer = await authority.authorise(request).catch((error: unknown) => {
      log.error({ err: error, publisherId }, 'key check failed');
      const message = 'The server cannot check stream keys now; try again in a minute.';
      return { granted: false, code: 'key_check_failed', message } as const;
    });
    if (answer.granted) {
      const { channel, streamId } = answer;
      log.info({ channel, streamId, publisherId, address: request.address }, 'publisher accepted');
    }
    if (host?.generation === generation) host?.post({ type: 'authorised', publisherId, answer });
    else goneBeforeAnswer(publisherId);
  };

  /** Its thread ended while its key was checked, and with it the connection. */
  const goneBeforeAnswer = (publisherId: string) => {
    log.info({ publisherId, reason: 'lost' }, 'publisher gone');
    lifecycle.gone({ publisherId, reason: 'lost', lastMediaMs: null, fault: null });
  };

  const onMessage = (message: FromWorker) => {
    switch (message.type) {
      case 'authorise':
        void authorise(message);
        return;
      case 'source':
        log.info({ streamId: message.streamId, ...loggable(message.source) }, 'source announced');
        return lifecycle.source(message.publisherId, message.source);
      case 'gone':
        log.info({ publisherId: message.publisherId, reason: message.reason }, 'publisher gone');
        return lifecycle.gone(message);
      case 'report':
        for (const report of message.publishers) lifecycle.report(report);
        ingestMetrics.add(message.counts, message.pending);
        return ingestMetrics.publishers.set(lifecycle.publishers);
      case 'log':
        return log[message.level](message.fields, message.phrase);
      case 'listening':
      case 'listen_failed':
        return;
      default:
        unreachable(message);
    }
  };

  const onEnded = () => {
    lifecycle.allLost(UNREPORTED_MS);
    ingestMetrics.restarts.inc();
    ingestMetrics.publishers.set(0);
  };

  return {
    name: 'ingest',
    async start() {
      const worker = await workerOptions(context, options);
      host = new WorkerHost({ worker, clock: context.clock, log, onMessage, onEnded });
      await host.start();
      unsubscribe = context.bus.subscribe('channel:key-reset', ({ channel }) => {
        void authority.keyReset(channel);
      });
      log.info({ port: host.port, tls: worker.tls !== null }, 'ingest listening');
    },
    async stop() {
      unsubscribe();
      await host?.stop();
      await lifecycle.stop();
    },
    readiness: () => (host?.listening === true ? 'ok' : 'restarting'),
    rtmpPort: () => host?.port ?? null,
    endWorker: () => host?.end('ingest worker ended on request'),
  };
}

/** Without the address it is read from. */
const loggable = ({ id, run, video, audio }: Source) => ({
  sourceId: id,
  run,
  codec: video?.codec ?? null,
  width: video?.width ?? null,
  height: video?.height ?? null,
  fps: video?.fps ?? null,
  audioCodec: audio?.codec ?? null,
});

async function workerOptions(
  context: StreamContext,
  options: IngestOptions,
): Promise<WorkerOptions> {
  const { config } = context;
  const ffmpeg =
    options.readableCodecs === undefined
      ? await readFfmpegCapabilities()
      : { version: null, flvCodecs: options.readableCodecs };
  return {
    host: config.host,
    rtmpPort: config.rtmpPort,
    feedHost: options.feedHost ?? LOOPBACK,
    tls: config.tls === null ? null : await readTls(config.tls),
    limits: { ...INGEST_LIMITS, ...options.limits },
    readableCodecs: ffmpeg.flvCodecs,
    ffmpegVersion: ffmpeg.version,
  };
}

async function readTls(tls: { certPath: string; keyPath: string }) {
  const read = async (setting: string, path: string) => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new AppError({
        code: 'tls_file_unreadable',
        message: `${setting} cannot be read (${messageOf(error)}). Set it to a PEM file that this user may read.`,
        cause: error,
      });
    }
  };
  return { cert: await read('TLS_CERT', tls.certPath), key: await read('TLS_KEY', tls.keyPath) };
}
