import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EdgeUnderTest, startEdgeUnderTest } from './edge-under-test.ts';

const VIEWERS = 300;

let site: EdgeUnderTest;
beforeAll(async () => {
  site = await startEdgeUnderTest();
});
afterAll(() => site?.close());
beforeEach(() => site.origin.asked.clear());

async function getOverHttp2(session: ClientHttp2Session, path: string): Promise<string> {
  const stream = session.request({ ':path': path });
  const [headers] = await once(stream, 'response');
  let size = 0;
  for await (const chunk of stream) size += (chunk as Buffer).length;
  return `${headers[':status']} ${size}`;
}

describe('one request to the origin for each URL of /live/', () => {
  it('when hundreds of viewers are blocked on the same playlist', async () => {
    const url = site.fresh('720p/index.m3u8?_HLS_msn=12&_HLS_part=3');
    const release = Promise.withResolvers<void>();
    site.origin.answer = (_request, response) => {
      void release.promise.then(() =>
        response.writeHead(200, { 'cache-control': 'public, max-age=6' }).end('#EXTM3U blocked'),
      );
    };
    const answers = site.audience(url, VIEWERS);
    await site.origin.untilAsked(url);
    release.resolve();
    const got = await Promise.all(answers);
    expect(got.map(({ status, body }) => `${status} ${body}`)).toEqual(
      Array(VIEWERS).fill('200 #EXTM3U blocked'),
    );
    expect(site.origin.asked.get(url)).toBe(1);
  });

  it('when hundreds of viewers fetch a segment larger than every buffer', async () => {
    const url = site.fresh('720p/12.m4s');
    const segment = Buffer.alloc(700_000, 'footlight');
    site.origin.answer = (_request, response) => {
      response.writeHead(200, { 'cache-control': 'public, max-age=600, immutable' }).end(segment);
    };
    const got = await Promise.all(site.audience(url, 100));
    expect(got.every(({ status, body }) => status === 200 && body.equals(segment))).toBe(true);
    expect(site.origin.asked.get(url)).toBe(1);
  });

  it('when they come over HTTP/2 and TLS', async () => {
    const url = site.fresh('720p/13.m4s');
    const segment = Buffer.alloc(90_000, 1);
    site.origin.answer = (_request, response) => {
      response.writeHead(200, { 'cache-control': 'public, max-age=600' }).end(segment);
    };
    const session = connectHttp2(`https://127.0.0.1:${site.edge.httpsPort}`, {
      rejectUnauthorized: false,
    });
    const got = await Promise.all(Array.from({ length: 100 }, () => getOverHttp2(session, url)));
    expect(session.alpnProtocol).toBe('h2');
    session.close();
    expect(new Set(got)).toEqual(new Set(['200 90000']));
    expect(site.origin.asked.get(url)).toBe(1);
  });

  it('but each _HLS_ directive is a URL of its own', async () => {
    const playlist = site.fresh('720p/index.m3u8');
    site.origin.answer = (asked, response) => {
      response.writeHead(200, { 'cache-control': 'public, max-age=6' }).end(asked.url);
    };
    for (const query of ['', '?_HLS_msn=1', '?_HLS_msn=1&_HLS_part=0', '?_HLS_skip=YES']) {
      const { body } = await site.get(playlist + query);
      expect(body.toString()).toBe(playlist + query);
    }
    expect(site.origin.asked.size).toBe(4);
  });

  it('and the viewer who came first may leave without harm to the others', async () => {
    const url = site.fresh('720p/index.m3u8?_HLS_msn=7');
    const release = Promise.withResolvers<void>();
    site.origin.answer = (_request, response) => {
      void release.promise.then(() =>
        response.writeHead(200, { 'cache-control': 'max-age=6' }).end('ready'),
      );
    };
    const first = site.ask(url);
    first.on('error', () => undefined);
    await site.origin.untilAsked(url);
    const others = site.audience(url, 20);
    first.destroy();
    release.resolve();
    const got = await Promise.all(others);
    expect(new Set(got.map(({ body }) => body.toString()))).toEqual(new Set(['ready']));
    expect(site.origin.asked.get(url)).toBe(1);
  });
});
