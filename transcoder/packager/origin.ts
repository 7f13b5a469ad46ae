import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { WaitLimit } from './blocked-requests.ts';
import { fileNames } from './file-names.ts';
import { LiveStream } from './live-stream.ts';
import { refuse, sendOptions } from './origin-answers.ts';
import { serveMedia, serveThumbnail } from './origin-media.ts';
import { NOT_OFFERED, serveMediaPlaylist, serveMultivariant } from './origin-playlists.ts';
import { RETENTION_MS, type SegmentStore } from './segment-store.ts';

/** Serves every live and every recently ended stream below `/live/`. */
export interface Origin {
  /** Answers any request whose path begins with `/live/`. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  openStream(stream: { channel: string; streamId: string; targetDuration: number }): LiveStream;
  /** Playlists carry ENDLIST by now: they stay for the retention, then answer 404. */
  endStream(stream: LiveStream): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface OriginOptions {
  store: SegmentStore;
  clock: Clock;
  log: Log;
  cdnUrl: string | null;
  /** Requests that may wait at once. */
  maxBlocked?: number;
}

const DEFAULT_MAX_BLOCKED = 20_000;
const CHANNEL = /^[a-z0-9_]{1,64}$/;

export function createOrigin(options: OriginOptions): Origin {
  return new HttpOrigin(options);
}

class HttpOrigin implements Origin {
  readonly #options: OriginOptions;
  readonly #waitLimit: WaitLimit;
  /** Channel to its streams, the newest last. */
  readonly #channels = new Map<string, LiveStream[]>();
  readonly #timers = new Set<() => void>();

  constructor(options: OriginOptions) {
    this.#options = options;
    this.#waitLimit = new WaitLimit(options.maxBlocked ?? DEFAULT_MAX_BLOCKED);
  }

  start(): Promise<void> {
    return this.#options.store.start();
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const streams of this.#channels.values()) {
      for (const stream of streams) stream.close();
    }
    await this.#options.store.stop();
  }

  openStream(stream: { channel: string; streamId: string; targetDuration: number }): LiveStream {
    const { store, clock, cdnUrl } = this.#options;
    const opened = new LiveStream({ ...stream, store, clock, cdnUrl, waitLimit: this.#waitLimit });
    const streams = this.#channels.get(stream.channel);
    if (streams === undefined) this.#channels.set(stream.channel, [opened]);
    else streams.push(opened);
    return opened;
  }

  async endStream(stream: LiveStream): Promise<void> {
    stream.ended = true;
    await this.#writeEnd(stream);
    stream.store.retire(stream.path);
    const cancel = this.#options.clock.after(RETENTION_MS, () => {
      this.#timers.delete(cancel);
      this.#forget(stream);
    });
    this.#timers.add(cancel);
  }

  async #writeEnd(stream: LiveStream): Promise<void> {
    const renditions = [...stream.renditions.values()];
    await Promise.all(renditions.map((rendition) => stream.writePlaylist(rendition)));
  }

  #forget(stream: LiveStream): void {
    stream.close();
    const streams = (this.#channels.get(stream.channel) ?? []).filter((kept) => kept !== stream);
    if (streams.length === 0) this.#channels.delete(stream.channel);
    else this.#channels.set(stream.channel, streams);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '' } = request;
    if (method === 'OPTIONS') {
      sendOptions(response);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(response, 405, 'Only GET, HEAD and OPTIONS are answered here.');
      return;
    }
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const [, , channel = '', ...rest] = path.split('/');
    const name = channel.toLowerCase();
    const streams = CHANNEL.test(name) ? this.#channels.get(name) : undefined;
    if (rest.length === 1 && rest[0] === fileNames.playlist) {
      serveMultivariant({ request, response }, streams?.at(-1) ?? null);
      return;
    }
    const [streamId = '', ...file] = rest;
    const stream = streams?.find((known) => known.streamId === streamId);
    if (stream === undefined) {
      refuse(response, 404, 'There is no such stream, or it ended more than ten minutes ago.');
      return;
    }
    this.#serveFile({ request, response }, stream, { file, query });
  }

  #serveFile(
    exchange: { request: IncomingMessage; response: ServerResponse },
    stream: LiveStream,
    { file, query }: { file: string[]; query: string },
  ): void {
    const { response } = exchange;
    const [name = '', leaf] = file;
    if (file.length === 1 && name === 'thumbnail.jpg') {
      serveThumbnail(exchange, stream);
      return;
    }
    if (file.length === 1 && name === fileNames.playlist) {
      serveMultivariant(exchange, stream, '');
      return;
    }
    const rendition = stream.renditions.get(name);
    const known = rendition !== undefined || stream.givenUp.has(name);
    if (!known || leaf === undefined || file.length !== 2) {
      refuse(response, 404, 'This stream has no such file.');
      return;
    }
    if (leaf !== fileNames.playlist) serveMedia(exchange, { stream, name, leaf });
    else if (rendition !== undefined) serveMediaPlaylist(exchange, { stream, rendition, query });
    else refuse(response, 410, NOT_OFFERED);
  }
}
