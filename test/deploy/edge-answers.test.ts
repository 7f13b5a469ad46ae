import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EdgeUnderTest, startEdgeUnderTest } from './edge-under-test.ts';

let site: EdgeUnderTest;
beforeAll(async () => {
  site = await startEdgeUnderTest();
});
afterAll(() => site?.close());
beforeEach(() => site.origin.asked.clear());

describe('what the origin says is passed on', () => {
  it('404 reaches every viewer at the price of one request', async () => {
    const url = site.fresh('index.m3u8');
    site.origin.answer = (_request, response) => {
      response.writeHead(404, { 'cache-control': 'max-age=1' }).end('not live');
    };
    const got = await Promise.all(site.audience(url, 50));
    expect(new Set(got.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['404 not live']),
    );
    expect(site.origin.asked.get(url)).toBe(1);
  });

  it('503 of a blocked playlist reaches every viewer at the price of one, and is not kept', async () => {
    const url = site.fresh('720p/index.m3u8?_HLS_msn=99');
    const release = Promise.withResolvers<void>();
    site.origin.answer = (_request, response) => {
      void release.promise.then(() =>
        response.writeHead(503, { 'cache-control': 'no-store' }).end('too long'),
      );
    };
    const answers = site.audience(url, 50);
    await site.origin.untilAsked(url);
    release.resolve();
    const got = await Promise.all(answers);
    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([503]));
    expect(got[0]?.headers['access-control-allow-origin']).toBe('*');
    expect(site.origin.asked.get(url)).toBe(1);
    site.origin.answer = (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=6' }).end('now');
    await expect.poll(async () => (await site.get(url)).status, { interval: 50 }).toBe(200);
  });

  it('what may not be cached is asked for by each viewer, none waiting for another', async () => {
    const url = site.fresh('private.m3u8');
    const everybody = Promise.withResolvers<void>();
    site.origin.answer = (_request, response) => {
      const asked = site.origin.asked.get(url) ?? 0;
      if (asked === 21) everybody.resolve();
      const ready = asked === 1 ? Promise.resolve() : everybody.promise;
      void ready.then(() => response.writeHead(200, { 'cache-control': 'no-store' }).end('mine'));
    };
    const got = await Promise.all(site.audience(url, 20));
    expect(new Set(got.map(({ body }) => body.toString()))).toEqual(new Set(['mine']));
  });

  it('an origin that hangs up is answered with 502, and asked again afterwards', async () => {
    const url = site.fresh('720p/index.m3u8?_HLS_msn=5');
    site.origin.answer = (asked) => asked.socket.destroy();
    const got = await Promise.all(site.audience(url, 20));
    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([502]));
    site.origin.answer = (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=6' }).end('back');
    await expect.poll(async () => (await site.get(url)).status, { interval: 50 }).toBe(200);
  });

  it('gzip comes from the origin, and from the cache to those who take it only', async () => {
    const url = site.fresh('index.m3u8');
    const playlist = '#EXTM3U '.repeat(100);
    site.origin.answer = (asked, response) => {
      const isZipped = asked.headers['accept-encoding'] === 'gzip';
      const encoding = isZipped ? { 'content-encoding': 'gzip' } : {};
      response.writeHead(200, {
        'cache-control': 'max-age=6',
        vary: 'accept-encoding',
        ...encoding,
      });
      response.end(isZipped ? gzipSync(playlist) : playlist);
    };
    const zipped = await site.get(url, { 'accept-encoding': 'gzip, deflate, br' });
    const again = await site.get(url, { 'accept-encoding': 'br;q=1, gzip;q=0.8' });
    const plain = await site.get(url);
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(again.body.equals(gzipSync(playlist))).toBe(true);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(playlist);
    expect(site.origin.asked.get(url)).toBe(2);
  });

  it('a range and a copy that is still good are answered from the cache', async () => {
    const url = site.fresh('720p/2.m4s');
    site.origin.answer = (_request, response) => {
      const headers = { 'cache-control': 'max-age=600, immutable', etag: '"two"' };
      response
        .writeHead(200, { ...headers, 'accept-ranges': 'bytes', 'content-length': '10' })
        .end('0123456789');
    };
    const range = await site.get(url, { range: 'bytes=2-4' });
    const again = await site.get(url, { 'if-none-match': '"two"' });
    expect(`${range.status} ${range.body}`).toBe('206 234');
    expect(again.status).toBe(304);
    expect(site.origin.asked.get(url)).toBe(1);
  });

  it('the pop-out chat of the channel live is a page, not media', async () => {
    site.origin.answer = (asked, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=6' }).end(asked.headers.cookie);
    };
    const got = await site.get('/live/chat', { cookie: 'session=mine' });
    expect(got.body.toString()).toBe('session=mine');
    expect(got.headers['x-cache']).toBeUndefined();
  });

  it('no cookie goes to the origin or comes back with media', async () => {
    const url = site.fresh('720p/1.m4s');
    let cookie: string | undefined = 'not asked';
    site.origin.answer = (asked, response) => {
      cookie = asked.headers.cookie;
      response.writeHead(200, { 'set-cookie': 'session=1', 'cache-control': 'max-age=6' }).end('x');
    };
    const got = await site.get(url, { cookie: 'session=secret' });
    expect(cookie).toBeUndefined();
    expect(got.headers['set-cookie']).toBeUndefined();
  });
});
