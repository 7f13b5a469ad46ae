import type { StreamContext } from '../platform/context.ts';
import type { Source, StreamEntry } from '../platform/stream.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { OpenStream, type StreamPublisher } from './open-stream.ts';
import type { PublisherGone, PublisherReport } from './worker-messages.ts';

export interface Evictions {
  evict(publisherId: string, code: string, message: string): void;
}

export const TAKEN_OVER =
  'Another encoder publishes with this stream key now. Stop it first, or reset the key if it is not yours.';

/** Live, interrupted, ended: holds the streams of this node's publishers and tells of their turns. */
export class StreamLifecycle {
  readonly #context: StreamContext;
  readonly #evictions: Evictions;
  /** By channel. */
  readonly #streams = new Map<string, OpenStream>();
  readonly #byPublisher = new Map<string, OpenStream>();
  /** By channel: a stream on its way out of the directory. */
  readonly #ending = new Map<string, Promise<void>>();

  constructor(context: StreamContext, evictions: Evictions) {
    this.#context = context;
    this.#evictions = evictions;
  }

  get publishers(): number {
    return this.#byPublisher.size;
  }

  /** Resolves when the channel's last stream is out of the directory. */
  async ending(channel: string): Promise<void> {
    await this.#ending.get(channel);
  }

  publisherOf(channel: string): StreamPublisher | null {
    return this.#streams.get(channel)?.publisher ?? null;
  }

  /**
   * The publisher has the channel's lease: the stream that goes on, or a new one, is its own.
   *
   * @param before what the directory said of the channel: another node may have begun the stream
   */
  attach(
    channel: string,
    publisher: StreamPublisher,
    lease: { streamId: string; startedAt: number; run: number },
    before: StreamEntry | null = null,
  ): OpenStream {
    const stream = this.#openStream(channel, lease);
    this.#setPublisher(stream, publisher);
    stream.nextRun = Math.max(stream.nextRun, lease.run);
    stream.leaseRun = lease.run;
    if (before?.streamId === lease.streamId && before.source !== null) {
      const { run, wallBaseMs, firstMediaMs } = before.source;
      const reachedMs = this.#context.clock.now() - wallBaseMs;
      stream.wentLive = true;
      stream.nextRun = Math.max(stream.nextRun, run + 1);
      stream.lastMediaMs = Math.max(stream.lastMediaMs, firstMediaMs, reachedMs);
    }
    return stream;
  }

  #openStream(channel: string, lease: { streamId: string; startedAt: number; run: number }) {
    const known = this.#streams.get(channel);
    if (known?.streamId === lease.streamId) return known;
    known?.cancelGrace();
    if (known !== undefined) this.#setPublisher(known, null);
    const stream = new OpenStream(this.#context.log, { channel, ...lease });
    this.#streams.set(channel, stream);
    return stream;
  }

  #setPublisher(stream: OpenStream, publisher: StreamPublisher | null): void {
    if (stream.publisher !== null) this.#byPublisher.delete(stream.publisher.publisherId);
    stream.publisher = publisher;
    if (publisher !== null) this.#byPublisher.set(publisher.publisherId, stream);
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
    stream.tell(async () => {
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
    const isTold = stream.tellNewest(async () => {
      if (stream.publisher?.publisherId !== report.publisherId) return;
      if (report.sending && !(await directory.renewLease(channel, report.publisherId))) {
        this.#evictions.evict(report.publisherId, 'taken_over', TAKEN_OVER);
      }
      await directory.setPublisher(streamId, report.facts, report.advice);
      bus.publish('stream:changed', { channel, streamId });
    });
    if (!isTold) ingestMetrics.skippedReports.inc();
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
    stream.tell(async () => {
      const isOurs = await directory.releaseLease(channel, publisherId);
      if (!isOurs && stream.publisher === null) this.#leave(stream);
    });
    if (!stream.wentLive || now >= graceEndsAt) {
      this.#end(stream);
      return;
    }
    stream.cancelGrace();
    stream.cancelGrace = clock.after(graceEndsAt - now, () => {
      // A publisher that has shown nothing yet decides by its first source, or by going.
      if (stream.publisher === null) this.#end(stream);
    });
    stream.tell(async () => {
      if (stream.publisher !== null || this.#streams.get(channel) !== stream) return;
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
      if (stream.publisher === null) continue;
      const { publisherId } = stream.publisher;
      const lastMediaMs = stream.lastMediaMs + unreportedMs;
      this.gone({ publisherId, reason: 'lost', lastMediaMs, fault: null });
    }
  }

  /** It goes on at another node, which tells of it from now on. */
  #leave(stream: OpenStream): void {
    stream.cancelGrace();
    if (this.#streams.get(stream.channel) === stream) this.#streams.delete(stream.channel);
  }

  #end(stream: OpenStream): void {
    const { channel, streamId, wentLive } = stream;
    const { directory, bus, channels, clock } = this.#context;
    stream.cancelGrace();
    this.#setPublisher(stream, null);
    if (this.#streams.get(channel) === stream) this.#streams.delete(channel);
    let isOurs = true;
    const out = stream.tell(async () => {
      isOurs = await directory.endStream(streamId, stream.leaseRun);
    });
    this.#ending.set(channel, out);
    stream.tell(async () => {
      if (this.#ending.get(channel) === out) this.#ending.delete(channel);
      if (!wentLive || !isOurs) return;
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
