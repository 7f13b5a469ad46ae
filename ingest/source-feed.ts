import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { writeFlvHeader } from '../platform/media/flv-tag.ts';
import { GopCache } from './gop-cache.ts';
import { frameTag, type MediaTag } from './media-tag.ts';

/** What a consumer may be behind before whole groups of pictures are left out for it. */
const MAX_BEHIND_BYTES = 24 * 1024 * 1024;
const MAX_BEHIND_MS = 3000;
/** So little unsent is no backlog but what the socket is busy with. */
const CAUGHT_UP_BYTES = 128 * 1024;
const MAX_CONSUMERS = 16;

/** A codec's configuration as it is sent before everything else. */
export interface FeedConfig {
  type: 8 | 9;
  /** Room for an FLV tag round the message; null: this codec has no configuration. */
  bytes: Buffer | null;
}

/** One reader of a source. It never makes the source wait: what it cannot take is left out. */
class FeedConsumer {
  readonly #socket: Socket;
  readonly #onShed: (frames: number) => void;
  #state: 'waiting' | 'sending' | 'shedding';
  #caughtUpMs: number | null = null;
  #unflushed: Buffer[] = [];
  #chunkEnd = '';

  /** `waiting`: nothing was sent to begin decoding with. */
  constructor(socket: Socket, state: 'waiting' | 'sending', onShed: (frames: number) => void) {
    this.#socket = socket;
    this.#state = state;
    this.#onShed = onShed;
  }

  write(tag: MediaTag): void {
    const unsent = this.#socket.writableLength;
    const caughtUp = unsent < CAUGHT_UP_BYTES;
    if (caughtUp || this.#caughtUpMs === null) this.#caughtUpMs = tag.mediaMs;
    if (this.#state !== 'sending') {
      if (tag.entry && caughtUp) this.#state = 'sending';
    } else if (unsent > MAX_BEHIND_BYTES || tag.mediaMs - this.#caughtUpMs > MAX_BEHIND_MS) {
      this.#state = 'shedding';
    }
    if (this.#state === 'sending') this.writeBytes(tag.bytes);
    else if (this.#state === 'shedding' && tag.video) this.#onShed(1);
  }

  writeBytes(bytes: Buffer): void {
    this.#unflushed.push(bytes);
  }

  /** One chunk of the transfer encoding for everything written since the last one. */
  flush(): void {
    if (this.#unflushed.length === 0) return;
    const size = this.#unflushed.reduce((sum, { length }) => sum + length, 0);
    this.#socket.cork();
    this.#socket.write(`${this.#chunkEnd}${size.toString(16)}\r\n`, 'latin1');
    for (const bytes of this.#unflushed) this.#socket.write(bytes);
    this.#socket.uncork();
    this.#chunkEnd = '\r\n';
    this.#unflushed = [];
  }

  /** A reader must be able to tell the end of the source from a broken connection. */
  end(): void {
    this.flush();
    this.#socket.end(`${this.#chunkEnd}0\r\n\r\n`, 'latin1');
  }
}

export interface FeedEvents {
  /** It ended before the reader came that its announcement called. */
  onUnread(): void;
  /** It ended and holds nothing any more. */
  onForgotten(): void;
}

/** The endless FLV of one source and whoever reads it. */
export class SourceFeed {
  readonly id: string;
  shedFrames = 0;
  readonly #cache = new GopCache();
  readonly #consumers = new Set<FeedConsumer>();
  readonly #events: FeedEvents;
  #configs: FeedConfig[] | null = null;
  #wasRead = false;
  #ended = false;
  /** Media time of each track's newest frame, ms; what the reader should have by now. */
  readonly #newestMs: { video?: number; audio?: number } = {};

  constructor(id: string, events: FeedEvents) {
    this.id = id;
    this.#events = events;
  }

  /** Of what a reader would begin with. */
  get bytes(): number {
    return this.#cache.bytes;
  }

  /** The source's tracks; set once, before the first consumer. */
  setConfigs(configs: FeedConfig[]): void {
    this.#configs = configs;
  }

  get firstMediaMs(): number | null {
    return this.#cache.tags[0]?.mediaMs ?? null;
  }

  push(tag: MediaTag): void {
    const track = tag.video ? 'video' : 'audio';
    this.#newestMs[track] = Math.max(this.#newestMs[track] ?? 0, tag.mediaMs);
    this.#cache.push(tag);
    for (const consumer of this.#consumers) consumer.write(tag);
  }

  /** Sends what was pushed since the last time; once per packet of the encoder. */
  flush(): void {
    for (const consumer of this.#consumers) consumer.flush();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const consumer of this.#consumers) consumer.end();
    this.#consumers.clear();
    if (this.#configs === null || this.#wasRead || this.#cache.bytes === 0) this.forget();
    else this.#events.onUnread();
  }

  forget(): void {
    this.#cache.clear();
    this.#events.onForgotten();
  }

  /** Answers with how far each track has come, so that a reader knows how far behind it is. */
  describe(response: ServerResponse): void {
    const { video, audio } = this.#newestMs;
    response.writeHead(200, {
      'Content-Type': 'video/x-flv',
      Connection: 'close',
      ...(video === undefined ? {} : { 'newest-video-ms': video }),
      ...(audio === undefined ? {} : { 'newest-audio-ms': audio }),
    });
    response.end();
  }

  /** Answers with the stream from the newest entry point on, until the source ends. */
  serve(response: ServerResponse): void {
    const { socket } = response;
    if (socket === null || this.#consumers.size >= MAX_CONSUMERS) {
      response.writeHead(503).end('Too many readers of this source.\n');
      return;
    }
    response.writeHead(200, { 'Content-Type': 'video/x-flv', Connection: 'close' });
    response.flushHeaders();
    this.#wasRead = true;
    const state = this.#cache.tags.length > 0 ? 'sending' : 'waiting';
    const consumer = new FeedConsumer(socket, state, (frames) => {
      this.shedFrames += frames;
    });
    consumer.writeBytes(
      writeFlvHeader({
        hasVideo: this.#hasTrack(9),
        hasAudio: this.#hasTrack(8),
      }),
    );
    for (const config of this.#configsAt(this.firstMediaMs ?? 0)) consumer.writeBytes(config);
    for (const tag of this.#cache.tags) consumer.writeBytes(tag.bytes);
    if (this.#ended) {
      consumer.end();
      return;
    }
    consumer.flush();
    this.#consumers.add(consumer);
    socket.once('close', () => this.#consumers.delete(consumer));
  }

  #hasTrack(wanted: FeedConfig['type']): boolean {
    return (this.#configs ?? []).some(({ type }) => type === wanted);
  }

  #configsAt(mediaMs: number): Buffer[] {
    return (this.#configs ?? []).flatMap(({ type, bytes }) => {
      if (bytes === null) return [];
      const framed = Buffer.from(bytes);
      frameTag(framed, type, mediaMs);
      return [framed];
    });
  }
}
