import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build } from 'vite';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { answerChat, emotePicture } from './fixture-chat.ts';
import { A_GUEST, answerPeople, type FixturePeople } from './fixture-people.ts';

const PAGES = join(import.meta.dirname, '../../../web');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** What a test holds still in place of what needs a stream or a chat server. */
const STANDS_IN = [
  ['/engine/player-engine.ts', 'scripted-engine.ts'],
  ['./connect.ts', 'scripted-chat.ts'],
] as const;
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "style-src-attr 'none'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob: mediastream:",
  "worker-src 'self' blob:",
].join('; ');

export interface FixtureSite extends AsyncDisposable {
  url: string;
  channels: ChannelDetails[];
  /** For a test to change. */
  people: FixturePeople;
  /** Resolves once a page listens to the event stream, with `query` in its address. */
  listened(query?: string): Promise<void>;
  /** Pages of before do not count any more. */
  forget(): void;
  send(event: ServerEvent): void;
}

/** The page as built, but with a scripted engine and a scripted chat. */
export async function buildScriptedClient(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-page-'));
  await build({
    configFile: join(PAGES, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: dir, minify: false },
    plugins: [
      {
        name: 'scripted-parts',
        enforce: 'pre',
        resolveId: (source) => {
          const [, stand] = STANDS_IN.find(([end]) => source.endsWith(end)) ?? [];
          return stand === undefined ? null : join(import.meta.dirname, stand);
        },
      },
    ],
  });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Serves a built page, and an API and event stream that say what `channels` holds. */
export async function openFixtureSite(dir: string): Promise<FixtureSite> {
  const channels: ChannelDetails[] = [];
  const people = { ...A_GUEST };
  const listening = new Map<ServerResponse, string>();
  const arrivals = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fixture');
    if (pathname === '/events') return openEvents(request.url ?? '', response);
    if (pathname.startsWith('/api/')) return answerApi(pathname, { channels, people }, response);
    if (pathname.startsWith('/picture/')) return answerPicture(pathname, response);
    if (pathname.startsWith('/emote/')) return answerSvg(emotePicture(pathname), response);
    await answerFile(dir, pathname, response);
  });
  const openEvents = (url: string, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    listening.set(response, url);
    arrivals.emit('listener');
    response.on('close', () => listening.delete(response));
  };
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    channels,
    people,
    async listened(query = '') {
      const there = () => [...listening.values()].some((url) => url.includes(query));
      while (!there()) await once(arrivals, 'listener');
    },
    forget: () => listening.clear(),
    send({ type, data }) {
      for (const one of listening.keys())
        one.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function answerApi(
  path: string,
  { channels, people }: Pick<FixtureSite, 'channels' | 'people'>,
  response: ServerResponse,
): void {
  const answer = answerPeople(path, people) ?? answerChat(path);
  if (answer !== null) {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
    return;
  }
  const name = path.split('/')[4];
  const found = channels.find((one) => one.channel === name);
  const missing = name !== undefined && found === undefined;
  response.writeHead(missing ? 404 : 200, { 'content-type': 'application/json' });
  if (missing) response.end('{"code":"channel_unknown","message":"There is no such channel."}');
  else
    response.end(JSON.stringify(name === undefined ? { channels, total: channels.length } : found));
}

async function answerFile(dir: string, path: string, response: ServerResponse): Promise<void> {
  const file = extname(path) === '' ? '/index.html' : path;
  try {
    const body = await readFile(join(dir, file));
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** Drawn scenes for thumbnails: `/picture/HUE`. */
function answerPicture(path: string, response: ServerResponse): void {
  const hue = Number(path.split('/')[2] ?? 0) || 0;
  const scene = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360">
<linearGradient id="g" x2="0" y2="1"><stop stop-color="hsl(${hue} 45% 16%)"/><stop offset="1" stop-color="hsl(${(hue + 50) % 360} 60% 58%)"/></linearGradient>
<rect width="640" height="360" fill="url(#g)"/><circle cx="${180 + hue}" cy="210" r="52" fill="hsl(${(hue + 70) % 360} 90% 82%)"/>
<path d="M0 360V270q90-70 170-20t170-30 150 10 150-40v170Z" fill="hsl(${hue} 35% 9%)"/></svg>`;
  answerSvg(scene, response);
}

const answerSvg = (svg: string, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(svg);
};
