import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type NginxEdge, startNginxEdge } from '../../bench/support/nginx-edge.ts';
import { type CountingOrigin, startCountingOrigin } from './counting-origin.ts';

const VIEWERS = 300;
const agent = new Agent({ keepAlive: true });

let origin: CountingOrigin;
let edge: NginxEdge;
let unique = 0;

beforeAll(async () => {
  origin = await startCountingOrigin();
  edge = await startNginxEdge(origin.port);
});
afterAll(async () => {
  agent.destroy();
  await edge?.stop();
  await origin?.close();
});
beforeEach(() => {
  unique += 1;
  origin.asked.clear();
});

interface Got {
  status: number | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function ask(path: string, headers: Record<string, string> = {}): ClientRequest {
  return request({ host: '127.0.0.1', port: edge.httpPort, path, headers, agent }).end();
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  const [response] = (await once(ask(path, headers), 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await bodyOf(response) };
}

const audience = (path: string, size = VIEWERS): Promise<Got>[] =>
  Array.from({ length: size }, () => get(path));

async function getOverHttp2(session: ClientHttp2Session, path: string): Promise<string> {
  const stream = session.request({ ':path': path });
  const [headers] = await once(stream, 'response');
  let size = 0;
  for await (const chunk of stream) size += (chunk as Buffer).length;
  return `${headers[':status']} ${size}`;
}

describe('one request to the origin for each URL of /live/', () => {
  it('when hundreds of viewers are blocked on the same playlist', async () => {
    const url = `/live/show/s${unique}/720p/index.m3u8?_HLS_msn=12&_HLS_part=3`;
    const release = Promise.withResolvers<void>();
    origin.answer = (_request, response) => {
      void release.promise.then(() =>
        response.writeHead(200, { 'cache-control': 'public, max-age=6' }).end('#EXTM3U blocked'),
      );
    };
    const answers = audience(url);
    await origin.untilAsked(url);
    release.resolve();
    const got = await Promise.all(answers);
    expect(got.map(({ status, body }) => `${status} ${body}`)).toEqual(
      Array(VIEWERS).fill('200 #EXTM3U blocked'),
    );
    expect(origin.asked.get(url)).toBe(1);
  });

  it('when hundreds of viewers fetch a segment larger than every buffer', async () => {
    const url = `/live/show/s${unique}/720p/12.m4s`;
    const segment = Buffer.alloc(700_000, 'footlight');
    origin.answer = (_request, response) => {
      response.writeHead(200, { 'cache-control': 'public, max-age=600, immutable' }).end(segment);
    };
    const got = await Promise.all(audience(url, 100));
    expect(got.every(({ status, body }) => status === 200 && body.equals(segment))).toBe(true);
    expect(origin.asked.get(url)).toBe(1);
  });

  it('when they come over HTTP/2 and TLS', async () => {
    const url = `/live/show/s${unique}/720p/13.m4s`;
    const segment = Buffer.alloc(90_000, 1);
    origin.answer = (_request, response) => {
      response.writeHead(200, { 'cache-control': 'public, max-age=600' }).end(segment);
    };
    const session = connectHttp2(`https://127.0.0.1:${edge.httpsPort}`, {
      rejectUnauthorized: false,
    });
    const got = await Promise.all(Array.from({ length: 100 }, () => getOverHttp2(session, url)));
    expect(session.alpnProtocol).toBe('h2');
    session.close();
    expect(new Set(got)).toEqual(new Set(['200 90000']));
    expect(origin.asked.get(url)).toBe(1);
  });

  it('but each _HLS_ directive is a URL of its own', async () => {
    const playlist = `/live/show/s${unique}/720p/index.m3u8`;
    origin.answer = (asked, response) => {
      response.writeHead(200, { 'cache-control': 'public, max-age=6' }).end(asked.url);
    };
    for (const query of ['', '?_HLS_msn=1', '?_HLS_msn=1&_HLS_part=0', '?_HLS_skip=YES']) {
      const { body } = await get(playlist + query);
      expect(body.toString()).toBe(playlist + query);
    }
    expect(origin.asked.size).toBe(4);
  });

  it('and the viewer who came first may leave without harm to the others', async () => {
    const url = `/live/show/s${unique}/720p/index.m3u8?_HLS_msn=7`;
    const release = Promise.withResolvers<void>();
    origin.answer = (_request, response) => {
      void release.promise.then(() =>
        response.writeHead(200, { 'cache-control': 'max-age=6' }).end('ready'),
      );
    };
    const first = ask(url);
    first.on('error', () => undefined);
    await origin.untilAsked(url);
    const others = audience(url, 20);
    first.destroy();
    release.resolve();
    const got = await Promise.all(others);
    expect(new Set(got.map(({ body }) => body.toString()))).toEqual(new Set(['ready']));
    expect(origin.asked.get(url)).toBe(1);
  });
});

describe('what the origin says is passed on', () => {
  it('404 reaches every viewer at the price of one request', async () => {
    const url = `/live/nobody${unique}/index.m3u8`;
    origin.answer = (_request, response) => {
      response.writeHead(404, { 'cache-control': 'max-age=1' }).end('not live');
    };
    const got = await Promise.all(audience(url, 50));
    expect(new Set(got.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['404 not live']),
    );
    expect(origin.asked.get(url)).toBe(1);
  });

  it('503 of a blocked playlist reaches every viewer at the price of one, and is not kept', async () => {
    const url = `/live/show/s${unique}/720p/index.m3u8?_HLS_msn=99`;
    const release = Promise.withResolvers<void>();
    origin.answer = (_request, response) => {
      void release.promise.then(() =>
        response.writeHead(503, { 'cache-control': 'no-store' }).end('too long'),
      );
    };
    const answers = audience(url, 50);
    await origin.untilAsked(url);
    release.resolve();
    const got = await Promise.all(answers);
    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([503]));
    expect(got[0]?.headers['access-control-allow-origin']).toBe('*');
    expect(origin.asked.get(url)).toBe(1);
    origin.answer = (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=6' }).end('now');
    await expect.poll(async () => (await get(url)).status, { interval: 50 }).toBe(200);
  });

  it('what may not be cached is asked for by each viewer, none waiting for another', async () => {
    const url = `/live/show/s${unique}/private.m3u8`;
    const everybody = Promise.withResolvers<void>();
    origin.answer = (_request, response) => {
      const asked = origin.asked.get(url) ?? 0;
      if (asked === 21) everybody.resolve();
      const ready = asked === 1 ? Promise.resolve() : everybody.promise;
      void ready.then(() => response.writeHead(200, { 'cache-control': 'no-store' }).end('mine'));
    };
    const got = await Promise.all(audience(url, 20));
    expect(new Set(got.map(({ body }) => body.toString()))).toEqual(new Set(['mine']));
  });

  it('an origin that hangs up is answered with 502, and asked again afterwards', async () => {
    const url = `/live/show/s${unique}/720p/index.m3u8?_HLS_msn=5`;
    origin.answer = (asked) => asked.socket.destroy();
    const got = await Promise.all(audience(url, 20));
    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([502]));
    origin.answer = (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=6' }).end('back');
    await expect.poll(async () => (await get(url)).status, { interval: 50 }).toBe(200);
  });

  it('gzip comes from the origin, and from the cache to those who take it only', async () => {
    const url = `/live/show/s${unique}/index.m3u8`;
    const playlist = '#EXTM3U '.repeat(100);
    origin.answer = (asked, response) => {
      const isZipped = asked.headers['accept-encoding'] === 'gzip';
      const encoding = isZipped ? { 'content-encoding': 'gzip' } : {};
      response.writeHead(200, {
        'cache-control': 'max-age=6',
        vary: 'accept-encoding',
        ...encoding,
      });
      response.end(isZipped ? gzipSync(playlist) : playlist);
    };
    const zipped = await get(url, { 'accept-encoding': 'gzip, deflate, br' });
    const again = await get(url, { 'accept-encoding': 'br;q=1, gzip;q=0.8' });
    const plain = await get(url);
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(again.body.equals(gzipSync(playlist))).toBe(true);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(playlist);
    expect(origin.asked.get(url)).toBe(2);
  });

  it('no cookie goes to the origin or comes back with media', async () => {
    const url = `/live/show/s${unique}/720p/1.m4s`;
    let cookie: string | undefined = 'not asked';
    origin.answer = (asked, response) => {
      cookie = asked.headers.cookie;
      response.writeHead(200, { 'set-cookie': 'session=1', 'cache-control': 'max-age=6' }).end('x');
    };
    const got = await get(url, { cookie: 'session=secret' });
    expect(cookie).toBeUndefined();
    expect(got.headers['set-cookie']).toBeUndefined();
  });
});

describe('connections that stay open', () => {
  it('a WebSocket is upgraded and carries bytes both ways', async () => {
    origin.upgrade = (asked, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello ${asked.url} `,
      );
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
    };
    for (const path of ['/chat/show', '/rooms/green/signal']) {
      const socket = connect(edge.httpPort, '127.0.0.1');
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: edge\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
      );
      let heard = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
      });
      await expect.poll(() => heard).toContain(`hello ${path}`);
      socket.write('ping');
      await expect.poll(() => heard).toContain('PING');
      expect(heard).toMatch(/^HTTP\/1\.1 101 /);
      socket.destroy();
    }
  });

  it('each event of an event stream passes before the next one is made', async () => {
    let send: (text: string) => void = () => undefined;
    origin.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      send = (text) => response.write(`data: ${text}\n\n`);
    };
    const asked = ask('/events?watching=show');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    for (const text of ['one', 'two', 'three']) {
      const heard = once(response, 'data');
      send(text);
      expect(String((await heard)[0])).toBe(`data: ${text}\n\n`);
    }
    asked.destroy();
  });
});

describe('what a stranger gets', () => {
  it('neither figures nor health', async () => {
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      expect((await get(path)).status).toBe(404);
    }
    expect(origin.asked.size).toBe(0);
  });

  it('no version, and an address of his own that he cannot make up', async () => {
    let forwarded: string | string[] | undefined;
    origin.answer = (asked, response) => {
      forwarded = asked.headers['x-forwarded-for'];
      response.end('page');
    };
    const got = await get('/', { 'x-forwarded-for': '10.9.8.7' });
    expect(got.headers.server).toBe('nginx');
    expect(forwarded).toBe('127.0.0.1');
  });

  it('the edge runs without a complaint', () => {
    expect(edge.errors()).not.toMatch(/\[(warn|alert|crit|emerg)\]/);
  });
});
