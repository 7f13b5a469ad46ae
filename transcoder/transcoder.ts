import type { IncomingMessage, ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BusFacts } from '../platform/bus.ts';
import type { Context } from '../platform/context.ts';
import { AppError, messageOf } from '../platform/errors.ts';
import type { Service } from '../platform/service.ts';
import type { VideoCodec } from '../platform/stream.ts';
import { readCapabilities } from './ffmpeg-command.ts';
import { handedOnCodecs } from './handed-on-codecs.ts';
import { chooseEncoder } from './hardware-encoders.ts';
import { orphansEnded } from './metrics.ts';
import { createOrigin } from './packager/origin.ts';
import { DiskSegmentStore } from './packager/segment-store-disk.ts';
import { createStreamPackager } from './packager/stream-packager.ts';
import { createProcessRegistry, type ProcessRegistry } from './process-registry.ts';
import { openRunDirectory, type RunDirectory } from './run-directory.ts';
import { keepThumbnails } from './stream-thumbnails.ts';
import { createThumbnailer } from './thumbnails.ts';
import { StreamTranscode } from './transcode.ts';
import type { PackagerEvents } from './transcode-options.ts';
import { SOFTWARE_ENCODER, type VideoEncoder } from './video-encoder.ts';

export interface Transcoder extends Service {
  /** Answers every request below `/live/`. */
  handleLive(request: IncomingMessage, response: ServerResponse): void;
}

export interface TranscoderOptions {
  /** What the encoders may use; default: what the machine gives this process. */
  cores?: number;
}

/** Turns every source that is announced on the bus into renditions below `/live/`. */
export function createTranscoder(context: Context, options: TranscoderOptions = {}): Transcoder {
  return new TranscoderService(context, options.cores ?? availableParallelism());
}

class TranscoderService implements Transcoder {
  readonly name = 'transcoder';
  readonly #context: Context;
  readonly #cores: number;
  readonly #origin;
  readonly #thumbnailer;
  /** Ends what runs beside the streams: thumbnails and probes. */
  readonly #stopping = new AbortController();
  readonly #streams = new Map<string, StreamTranscode>();
  #place: { directory: RunDirectory; registry: ProcessRegistry } | null = null;
  #encoder: VideoEncoder = SOFTWARE_ENCODER;
  #handedOn: VideoCodec[] = [];
  #readiness = 'starting';
  #runs = 0;
  #unsubscribe: (() => void)[] = [];

  constructor(context: Context, cores: number) {
    const log = context.log.child({ service: 'transcoder' });
    this.#context = { ...context, log };
    this.#cores = cores;
    this.#thumbnailer = createThumbnailer({ log, signal: this.#stopping.signal });
    const { clock, config } = context;
    const store = new DiskSegmentStore({ directory: join(config.dataDir, 'live'), clock, log });
    this.#origin = createOrigin({ store, clock, log, cdnUrl: config.cdnUrl });
  }

  /** Throws AppError `data_dir_not_writable`. */
  async start(): Promise<void> {
    const { bus, config, log } = this.#context;
    const directory = openRunDirectory(config.dataDir);
    const registry = createProcessRegistry(directory, log);
    orphansEnded.inc(registry.endOrphans());
    this.#place = { directory, registry };
    await this.#origin.start();
    this.#unsubscribe = [
      bus.subscribe('stream:live', (fact) => this.#live(fact)),
      bus.subscribe('stream:interrupted', ({ streamId }) => {
        this.#streams.get(streamId)?.interrupted();
      }),
      bus.subscribe('stream:ended', ({ streamId }) => void this.#ended(streamId)),
    ];
    this.#readiness = 'ok';
    void this.#findEncoder();
  }

  /** In the background: a stream that begins before it is known is encoded in software. */
  async #findEncoder(): Promise<void> {
    const { log } = this.#context;
    const { signal } = this.#stopping;
    try {
      const { encoders } = await readCapabilities();
      this.#handedOn = await handedOnCodecs(signal);
      this.#encoder = await chooseEncoder({ log, available: encoders, signal });
      if (this.#encoder.hardware || encoders.has(SOFTWARE_ENCODER.name)) return;
      this.#readiness = 'ffmpeg without libx264';
      log.error('ffmpeg has no H.264 encoder: install one that is built with libx264');
    } catch (error) {
      if (error instanceof AppError) this.#readiness = error.code.replaceAll('_', ' ');
      log.error({ reason: messageOf(error) }, 'ffmpeg cannot be used');
    }
  }

  #live({ channel, streamId, startedAt, source }: BusFacts['stream:live']): void {
    const known = this.#streams.get(streamId);
    const transcode = known ?? this.#open({ channel, streamId, startedAt });
    transcode?.sourceBegan(source);
  }

  #open(stream: { channel: string; streamId: string; startedAt: number }): StreamTranscode | null {
    const { bus, directory: liveStreams, clock } = this.#context;
    if (this.#place === null) return null;
    let stopThumbnails = () => {};
    const transcode = new StreamTranscode({
      context: this.#context,
      stream,
      ...this.#place,
      createPackager: (events) => this.#packager(stream, events),
      onPlayable: async () => {
        const { packager } = transcode;
        stopThumbnails = keepThumbnails({ packager, thumbnailer: this.#thumbnailer, clock });
        await liveStreams.setPlayable(stream.streamId);
        if (transcode.isOver) return;
        bus.publish('stream:playable', { channel: stream.channel, streamId: stream.streamId });
      },
      onEnd: () => stopThumbnails(),
      onReport: () => bus.publish('stream:changed', stream),
      encoder: () => this.#encoder,
      handedOn: () => this.#handedOn,
      cores: this.#cores,
      nextRunNumber: () => {
        this.#runs += 1;
        return this.#runs;
      },
    });
    this.#streams.set(stream.streamId, transcode);
    return transcode;
  }

  #packager(stream: { channel: string; streamId: string }, events: PackagerEvents) {
    const { clock, config, log } = this.#context;
    const { channel, streamId } = stream;
    const { partMs, segmentMs } = config;
    const origin = this.#origin;
    return createStreamPackager({
      ...{ origin, channel, streamId, partMs, segmentMs, clock, log },
      ...events,
    });
  }

  async #ended(streamId: string): Promise<void> {
    const transcode = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    await transcode?.end();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#readiness = 'stopped';
    this.#stopping.abort();
    await Promise.all([...this.#streams.keys()].map((streamId) => this.#ended(streamId)));
    await this.#origin.stop();
  }

  readiness(): string {
    return this.#readiness;
  }

  handleLive(request: IncomingMessage, response: ServerResponse): void {
    this.#origin.handle(request, response);
  }
}
