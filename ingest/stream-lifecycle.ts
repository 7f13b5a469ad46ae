import type { Context } from '../platform/context.ts';
import type { Source } from '../platform/stream.ts';
import type {
  AuthoriseRequest,
  PublisherGone,
  PublisherReport,
  PublishGrant,
  PublishRefusal,
} from './worker-messages.ts';

/** One stream from the first accepted publisher to the end of its last grace. */
interface OpenStream {
  readonly channel: string;
  readonly streamId: string;
  readonly startedAt: number;
  publisherId: string | null;
  /** It had a source: viewers may know of it. */
  wentLive: boolean;
  nextRun: number;
  lastMediaMs: number;
  /** Wall ms; null while it has a source. */
  graceEndsAt: number | null;
  cancelGrace: () => void;
  /** What is told to directory and bus, in order. */
  told: Promise<void>;
}

export interface Evictions {
  evict(publisherId: string, code: string, message: string): void;
}

const TAKEN_OVER =
  'Another encoder publishes with this stream key now. Stop it first, or reset the key if it is not yours.';

/** Live, interrupted, ended: holds the streams of this node's publishers and tells of their turns. */
export class StreamLifecycle {
  readonly #context: Context;
  readonly #evictions: Evictions;
  /** By channel. */
  readonly #streams = new Map<string, OpenStream>();
  readonly #byPublisher = new Map<string, OpenStream>();
  /** By channel: a stream on its way out of the directory. */
  readonly #ending = new Map<string, Promise<void>>();

  constructor(context: Context, evictions: Evictions) {
    this.#context = context;
    this.#evictions = evictions;
  }

  get publishers(): number {
    return this.#byPublisher.size;
  }

  /** Checks the key and takes the channel's lease; the publisher that had it is evicted. */
  async authorise(request: AuthoriseRequest): Promise<PublishGrant | PublishRefusal> {
    const { channels, directory } = this.#context;
    const channel = await channels.byStreamKey(request.streamKey);
    if (channel === null) {
      return {
        granted: false,
        code: 'stream_key_unknown',
        message: 'Unknown stream key. Check the stream key in the settings of your encoder.',
      };
    }
    await this.#ending.get(channel.name);
    const { publisherId, identity } = request;
    const lease = await directory.takeLease({ channel: channel.name, publisherId, identity });
    if (!lease.granted) return { granted: false, code: 'taken_over', message: TAKEN_OVER };
    const stream = this.#attach(channel.name, publisherId, lease);
    if (lease.evicted !== null) this.#evictions.evict(lease.evicted, 'taken_over', TAKEN_OVER);
    const { streamId, startedAt, nextRun: run, lastMediaMs } = stream;
    return { granted: true, channel: channel.name, streamId, startedAt, run, lastMediaMs };
  }

  #attach(
    channel: string,
    publisherId: string,
    lease: { streamId: string; startedAt: number; run: number },
  ): OpenStream {
    const known = this.#streams.get(channel);
    if (known?.streamId === lease.streamId) {
      this.#setPublisher(known, publisherId);
      known.nextRun = Math.max(known.nextRun, lease.run);
      return known;
    }
    known?.cancelGrace();
    if (known !== undefined) this.#setPublisher(known, null);
    const stream: OpenStream = {
      channel,
      streamId: lease.streamId,
      startedAt: lease.startedAt,
      publisherId: null,
      wentLive: false,
      nextRun: lease.run,
      lastMediaMs: 0,
      graceEndsAt: null,
      cancelGrace: () => {},
      told: Promise.resolve(),
    };
    this.#streams.set(channel, stream);
    this.#setPublisher(stream, publisherId);
    return stream;
  }

  #setPublisher(stream: OpenStream, publisherId: string | null): void {
    if (stream.publisherId !== null) this.#byPublisher.delete(stream.publisherId);
    stream.publisherId = publisherId;
    if (publisherId !== null) this.#byPublisher.set(publisherId, stream);
  }

  #tell(stream: OpenStream, step: () => Promise<void>): Promise<void> {
    stream.told = stream.told.then(step).catch((error: unknown) => {
      this.#context.log.error({ err: error, streamId: stream.streamId }, 'stream facts not told');
    });
    return stream.told;
  }

  /** A publisher has media to show: the stream is live. */
  source(publisherId: string, source: Source): void {
    const stream = this.#byPublisher.get(publisherId);
    if (stream === undefined) return;
    const { channel, streamId, startedAt } = stream;
    stream.wentLive = true;
    stream.nextRun = source.run + 1;
    stream.lastMediaMs = Math.max(stream.lastMediaMs, source.firstMediaMs);
    stream.graceEndsAt = null;
    stream.cancelGrace();
    this.#tell(stream, async () => {
      await this.#context.directory.setSource(streamId, source);
      this.#context.bus.publish('stream:live', { channel, streamId, startedAt, source });
    });
  }

  report(report: PublisherReport): void {
    const stream = this.#byPublisher.get(report.publisherId);
    if (stream === undefined) return;
    stream.lastMediaMs = Math.max(stream.lastMediaMs, report.lastMediaMs);
    const { channel, streamId } = stream;
    const { directory, bus } = this.#context;
    this.#tell(stream, async () => {
      if (stream.publisherId !== report.publisherId) return;
      if (report.sending && !(await directory.renewLease(channel, report.publisherId))) {
        this.#evictions.evict(report.publisherId, 'taken_over', TAKEN_OVER);
      }
      await directory.setPublisher(streamId, report.facts, report.advice);
      bus.publish('stream:changed', { channel, streamId });
    });
  }

  /** The publisher is gone: its stream waits for it, when there is anything to wait for. */
  gone({ publisherId, reason, lastMediaMs, fault }: PublisherGone): void {
    const stream = this.#byPublisher.get(publisherId);
    if (stream === undefined) return;
    const { clock, config, directory, bus } = this.#context;
    const { channel, streamId } = stream;
    this.#setPublisher(stream, null);
    stream.lastMediaMs = Math.max(stream.lastMediaMs, lastMediaMs ?? 0);
    const now = clock.now();
    const graceEndsAt = stream.graceEndsAt ?? now + config.reconnectGraceMs;
    stream.graceEndsAt = graceEndsAt;
    this.#tell(stream, async () => {
      await directory.releaseLease(channel, publisherId);
    });
    if (!stream.wentLive || now >= graceEndsAt) {
      this.#end(stream);
      return;
    }
    stream.cancelGrace();
    stream.cancelGrace = clock.after(graceEndsAt - now, () => {
      // A publisher that has shown nothing yet decides by its first source, or by going.
      if (stream.publisherId === null) this.#end(stream);
    });
    this.#tell(stream, async () => {
      if (stream.publisherId !== null) return;
      await directory.setInterrupted(streamId, graceEndsAt);
      if (fault !== null) {
        await directory.setPublisher(streamId, null, [{ ...fault, level: 'error' }]);
      }
      bus.publish('stream:interrupted', { channel, streamId, reason, graceEndsAt });
    });
  }

  /** Every publisher is lost at once. What was received since their last report is not known. */
  allLost(unreportedMs: number): void {
    for (const stream of [...this.#streams.values()]) {
      if (stream.publisherId === null) continue;
      const { publisherId } = stream;
      const lastMediaMs = stream.lastMediaMs + unreportedMs;
      this.gone({ publisherId, reason: 'lost', lastMediaMs, fault: null });
    }
  }

  /** The channel's key is void: its encoder has to go. */
  keyReset(channel: string): void {
    const publisherId = this.#streams.get(channel)?.publisherId;
    if (publisherId === undefined || publisherId === null) return;
    const message = 'The stream key was reset. Copy the new key into the settings of your encoder.';
    this.#evictions.evict(publisherId, 'key_reset', message);
  }

  #end(stream: OpenStream): void {
    const { channel, streamId, wentLive } = stream;
    const { directory, bus, channels, clock } = this.#context;
    stream.cancelGrace();
    this.#setPublisher(stream, null);
    if (this.#streams.get(channel) === stream) this.#streams.delete(channel);
    const out = this.#tell(stream, () => directory.endStream(streamId));
    this.#ending.set(channel, out);
    this.#tell(stream, async () => {
      if (this.#ending.get(channel) === out) this.#ending.delete(channel);
      if (!wentLive) return;
      const endedAt = clock.now();
      bus.publish('stream:ended', { channel, streamId, endedAt });
      await channels.setLastLive(channel, endedAt);
    });
  }

  /** Ends every stream, without grace. */
  async stop(): Promise<void> {
    const streams = [...this.#streams.values()];
    for (const stream of streams) this.#end(stream);
    await Promise.all(streams.map(({ told }) => told));
  }
}
