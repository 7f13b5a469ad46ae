import { pipeline } from 'node:stream';
import { type ByteRange, parseRange, slices } from './byte-range.ts';
import { fileNames, type MediaFile, parseFileName } from './file-names.ts';
import type { LiveStream } from './live-stream.ts';
import {
  type Exchange,
  matches,
  OPEN_HEADERS,
  refuse,
  refuseForNow,
  sendNotModified,
} from './origin-answers.ts';
import { waitFor } from './origin-playlists.ts';
import type { Rendition } from './rendition.ts';
import type { StoredFile } from './segment-store.ts';

/** Every name means the same bytes for ever. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
const NO_SUCH_FILE = 'This file is not there any more, or not yet.';
/** A reader that takes nothing for this long is cut off. */
const STALLED_MS = 30_000;

interface Body {
  size: number;
  type: string;
  etag: string;
  /** In memory, or one that is read from the store. */
  source: readonly Buffer[] | StoredFile;
}

/** From memory, be the rendition offered or given up; else from the store. */
export function serveMedia(
  exchange: Exchange,
  { stream, name, leaf }: { stream: LiveStream; name: string; leaf: string },
): void {
  const file = parseFileName(leaf);
  if (file === null) {
    refuse(exchange.response, 404, 'This stream has no such file.');
    return;
  }
  const current = stream.renditions.get(name);
  if (file.type === 'part' && current !== undefined && isAwaited(current, file.number)) {
    awaitPart(exchange, current, file.number);
    return;
  }
  const holders = [...(current === undefined ? [] : [current]), ...stream.givenUp.named(name)];
  const bytes = firstOf(holders, (rendition) => inMemory(rendition, file));
  if (bytes !== null) send(exchange, memoryBody(leaf, bytes));
  else if (file.type === 'part') refuseForNow(exchange.response, NO_SUCH_FILE);
  else void sendStored(exchange, { stream, path: `${stream.path}/${name}/${leaf}`, leaf });
}

function firstOf<From, To>(list: readonly From[], find: (one: From) => To | null): To | null {
  for (const one of list) {
    const found = find(one);
    if (found !== null) return found;
  }
  return null;
}

/** What is complete and has its bytes. */
function inMemory(rendition: Rendition, { type, number }: MediaFile): readonly Buffer[] | null {
  if (type === 'init') {
    const init = rendition.inits.get(number);
    return init === null ? null : [init];
  }
  if (type === 'part') {
    const part = rendition.window.part(number);
    return part === null ? null : [part.bytes];
  }
  const segment = rendition.window.segment(number);
  if (segment === null || !segment.complete || segment.parts.length === 0) return null;
  return segment.parts.map((part) => part.bytes);
}

const isAwaited = (rendition: Rendition, part: number) =>
  part === rendition.window.nextPartNumber && !rendition.ended;

/** The part of the PRELOAD-HINT is waited for. */
function awaitPart(exchange: Exchange, rendition: Rendition, number: number): void {
  const { window } = rendition;
  const leaf = fileNames.part(number);
  waitFor(exchange, rendition, {
    key: leaf,
    ready: () => window.nextPartNumber > number,
    answer: () => {
      const part = window.part(number);
      if (part === null) refuseForNow(exchange.response, NO_SUCH_FILE);
      else send(exchange, memoryBody(leaf, [part.bytes]));
    },
  });
}

const memoryBody = (leaf: string, source: readonly Buffer[]): Body => {
  const size = source.reduce((sum, bytes) => sum + bytes.length, 0);
  return { size, type: 'video/mp4', etag: `"${leaf}-${size}"`, source };
};

async function sendStored(
  exchange: Exchange,
  { stream, path, leaf }: { stream: LiveStream; path: string; leaf: string },
): Promise<void> {
  const file = await stream.store.open(path);
  if (file === null) {
    refuseForNow(exchange.response, NO_SUCH_FILE);
    return;
  }
  const { size } = file;
  send(exchange, { size, type: 'video/mp4', etag: `"${leaf}-${size}"`, source: file });
}

export function serveThumbnail(exchange: Exchange, { thumbnail }: LiveStream): void {
  if (thumbnail === null) {
    refuseForNow(exchange.response, 'There is no picture of it yet.');
    return;
  }
  const { request, response } = exchange;
  const headers = [
    ...OPEN_HEADERS,
    ...['Content-Type', 'image/jpeg'],
    ...['Content-Length', String(thumbnail.length)],
    ...['Cache-Control', 'public, max-age=5'],
  ];
  response.writeHead(200, headers);
  response.end(request.method === 'HEAD' ? undefined : thumbnail);
}

function send(exchange: Exchange, body: Body): void {
  const { request, response } = exchange;
  if (response.destroyed) {
    closeBody(body);
    return;
  }
  const headers = [
    ...OPEN_HEADERS,
    ...['Content-Type', body.type],
    ...['Cache-Control', IMMUTABLE],
    ...['ETag', body.etag],
    ...['Accept-Ranges', 'bytes'],
  ];
  if (matches(request, body.etag)) {
    closeBody(body);
    sendNotModified(response, headers);
    return;
  }
  const range = parseRange(request.headers.range, body.size);
  if (range === 'unsatisfiable') {
    closeBody(body);
    response.writeHead(416, [
      ...headers,
      'Content-Range',
      `bytes */${body.size}`,
      'Content-Length',
      '0',
    ]);
    response.end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: body.size - 1 };
  headers.push('Content-Length', String(end - start + 1));
  if (range !== null) headers.push('Content-Range', `bytes ${start}-${end}/${body.size}`);
  response.writeHead(range === null ? 200 : 206, headers);
  if (request.method === 'HEAD') {
    closeBody(body);
    response.end();
  } else sendBytes(exchange, body, { start, end });
}

function sendBytes({ response }: Exchange, { source }: Body, range: ByteRange): void {
  response.setTimeout(STALLED_MS, () => response.destroy());
  if ('stream' in source) {
    pipeline(source.stream(range), response, () => source.close());
    return;
  }
  // The buffers are the window's own: a slow reader costs references, not copies.
  const parts = slices(source, range);
  const last = parts.pop();
  if (parts.length > 0) response.cork();
  for (const part of parts) response.write(part);
  response.end(last);
}

function closeBody({ source }: Body): void {
  if ('stream' in source) source.close();
}
