import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RenderedText } from './rendered-text.ts';

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** Any page may play and measure: there are no cookies to protect. */
export const OPEN_HEADERS = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Expose-Headers', 'Date, Age, ETag, Content-Length, Content-Range'],
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
  ['Timing-Allow-Origin', '*'],
  ['X-Content-Type-Options', 'nosniff'],
].flat();

const NOT_MODIFIED = 304;
const PREFLIGHT_HEADERS = [
  ...OPEN_HEADERS,
  ...['Access-Control-Allow-Methods', 'GET, HEAD, OPTIONS'],
  ...['Access-Control-Allow-Headers', '*'],
  ...['Access-Control-Max-Age', '86400'],
  ...['Content-Length', '0'],
];

export function sendOptions(response: ServerResponse): void {
  response.writeHead(204, PREFLIGHT_HEADERS);
  response.end();
}

/** A reason as one sentence; one that may last is kept by caches, for a second. */
export function refuse(response: ServerResponse, status: number, reason: string): void {
  const lasting = status === 404 || status === 410;
  sendReason(response, {
    status,
    reason,
    cacheControl: lasting ? 'public, max-age=1' : 'no-store',
  });
}

/** 404 for what may be there the next moment: no cache is to keep anyone from it. */
export function refuseForNow(response: ServerResponse, reason: string): void {
  sendReason(response, { status: 404, reason, cacheControl: 'no-store' });
}

function sendReason(
  response: ServerResponse,
  { status, reason, cacheControl }: { status: number; reason: string; cacheControl: string },
): void {
  if (response.destroyed || response.headersSent) return;
  const body = Buffer.from(`${reason}\n`);
  const headers = [
    ...OPEN_HEADERS,
    ...['Content-Type', 'text/plain; charset=utf-8'],
    ...['Content-Length', String(body.length)],
    ...['Cache-Control', cacheControl],
  ];
  if (status === 503) headers.push('Retry-After', '1');
  response.writeHead(status, headers);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** As few as will do: thousands are sent at a time. */
const FIXED_PLAYLIST_HEADERS = [
  ...['Access-Control-Allow-Origin', '*'],
  ...['Access-Control-Expose-Headers', 'Date, Age, ETag'],
  ...['Content-Type', 'application/vnd.apple.mpegurl'],
  ...['X-Content-Type-Options', 'nosniff'],
  ...['Vary', 'accept-encoding'],
];

/** Header lists of a rendering, made once for all who get it. */
const prepared = new WeakMap<RenderedText, Map<string, string[]>>();

function playlistHeaders(rendered: RenderedText, cacheControl: string, zipped: boolean): string[] {
  let lists = prepared.get(rendered);
  if (lists === undefined) {
    lists = new Map();
    prepared.set(rendered, lists);
  }
  const key = `${zipped}${cacheControl}`;
  let headers = lists.get(key);
  if (headers === undefined) {
    const body = zipped ? rendered.gzip : rendered.text;
    headers = [
      ...FIXED_PLAYLIST_HEADERS,
      ...['Cache-Control', cacheControl],
      ...['ETag', etagOf(rendered, zipped)],
      ...['Content-Length', String(body.length)],
      ...(zipped ? ['Content-Encoding', 'gzip'] : []),
    ];
    lists.set(key, headers);
  }
  return headers;
}

const etagOf = (rendered: RenderedText, zipped: boolean) =>
  `"${rendered.etag}${zipped ? '-gz' : ''}"`;

export function sendPlaylist(
  { request, response }: Exchange,
  rendered: RenderedText,
  cacheControl: string,
): void {
  if (response.destroyed) return;
  const accepted = request.headers['accept-encoding'];
  const zipped = accepted?.includes('gzip') === true;
  const headers = playlistHeaders(rendered, cacheControl, zipped);
  if (matches(request, etagOf(rendered, zipped))) {
    sendNotModified(response, headers);
    return;
  }
  response.writeHead(200, headers);
  if (request.method === 'HEAD') response.end();
  else response.end(zipped ? rendered.gzip : rendered.text, 'latin1');
}

export function matches(request: IncomingMessage, etag: string): boolean {
  const asked = request.headers['if-none-match'];
  if (asked === undefined) return false;
  const tags = asked.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

export function sendNotModified(response: ServerResponse, headers: readonly string[]): void {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!/^content-(length|encoding|type)$/i.test(name)) kept.push(name, headers[index + 1] ?? '');
  }
  response.writeHead(NOT_MODIFIED, kept);
  response.end();
}
