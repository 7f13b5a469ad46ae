import { brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { channelNamed, entryOf, rawGet, SCRIPT, serveWeb } from './serve-web.ts';

test.each([
  ['/', 200],
  ['/alpha', 200],
  ['/embed/alpha', 200],
  ['/gamma', 404],
  ['/embed/gamma', 404],
  ['/embed', 404],
  ['/alpha/nothing', 404],
  ['/no such/%zz', 400],
])('%s is a page with status %i', async (path, status) => {
  await using web = await serveWeb();
  const response = await rawGet(web.origin, path.replaceAll(' ', '%20'));
  expect(response.status).toBe(status);
  if (status !== 400) {
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-cache');
    expect(response.body.toString()).toContain('<div id="root">');
  }
});

test.each([
  ['/ALPHA?muted=1', '/alpha?muted=1'],
  ['/Alpha/', '/alpha'],
  ['/embed/ALPHA', '/embed/alpha'],
])('%s is redirected to %s', async (from, to) => {
  await using web = await serveWeb();
  const response = await fetch(web.origin + from, { redirect: 'manual' });
  expect(response.status).toBe(308);
  expect(response.headers.get('location')).toBe(to);
});

test.each(['//evil.example', '//evil.example/%2e%2e', '/\\evil.example', '/%2F%2Fevil.example'])(
  'nothing redirects to another host: %s',
  async (path) => {
    await using web = await serveWeb();
    const response = await rawGet(web.origin, path);
    expect(response.status).toBe(404);
    expect(response.headers['location']).toBeUndefined();
  },
);

test.each([
  '/assets/../../secret.txt',
  '/../secret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/index.html/../../secret.txt',
  '/__proto__',
])('no path leads out of the page: %s', async (path) => {
  await using web = await serveWeb();
  const response = await rawGet(web.origin, path);
  expect(response.status).toBe(404);
  expect(response.body.toString()).not.toBe('secret');
});

test('a watch page says what it shows, escaped', async () => {
  await using web = await serveWeb();
  web.channels.set('alpha', channelNamed('alpha', '"><script>alert(1)</script>'));
  web.entries.set('alpha', entryOf('alpha'));
  const html = await (await fetch(`${web.origin}/alpha`)).text();
  expect(html).not.toContain('<script>alert');
  expect(html).toContain(
    '<meta property="og:title" content="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; · alpha · Footlight" />',
  );
  expect(html).toContain(
    `<meta property="og:image" content="${web.origin}/live/alpha/stream-of-alpha/thumbnail.jpg" />`,
  );
  expect(html).toContain(`<meta property="og:url" content="${web.origin}/alpha" />`);
});

test('a page of a live channel has its playlist fetched at once, one that is not live does not', async () => {
  await using web = await serveWeb();
  const preload = 'href="/live/alpha/index.m3u8"';
  const page = async (path: string) => (await fetch(web.origin + path)).text();
  expect(await page('/alpha')).not.toContain(preload);
  web.entries.set('alpha', entryOf('alpha'));
  expect(await page('/alpha')).toContain(preload);
  expect(await page('/embed/alpha')).toContain(preload);
  web.entries.set('alpha', entryOf('alpha', { playable: false }));
  expect(await page('/alpha')).not.toContain(preload);
});

test('a forged Host is not repeated', async () => {
  await using web = await serveWeb();
  const { body } = await rawGet(web.origin, '/alpha', { host: 'evil"><script>' });
  expect(body.toString()).not.toContain('evil');
});

test('what a proxy tells of itself is believed only when TRUST_PROXY names it', async () => {
  const urlBehind = async (trustProxy: string | null) => {
    await using web = await serveWeb({ config: { trustProxy } });
    const headers = {
      host: 'inner',
      'x-forwarded-host': 'tv.example:8443',
      'x-forwarded-proto': 'https',
    };
    const { body } = await rawGet(web.origin, '/alpha', headers);
    return /og:url" content="([^"]*)"/.exec(body.toString())?.[1];
  };
  expect(await urlBehind('loopback')).toBe('https://tv.example:8443/alpha');
  expect(await urlBehind(null)).toBe('http://inner/alpha');
});

test('PUBLIC_URL goes before the Host', async () => {
  await using web = await serveWeb({ config: { publicUrl: 'https://tv.example' } });
  const html = await (await fetch(`${web.origin}/alpha`)).text();
  expect(html).toContain('content="https://tv.example/alpha"');
});

test('built files are compressed and kept for ever', async () => {
  await using web = await serveWeb();
  const path = '/assets/main-abc123.js';
  const response = await rawGet(web.origin, path, { 'accept-encoding': 'gzip, br' });
  expect(response.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  });
  expect(brotliDecompressSync(response.body).toString()).toBe(SCRIPT);
  const gzip = await rawGet(web.origin, path, { 'accept-encoding': 'gzip' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  const plain = await rawGet(web.origin, path);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(SCRIPT);
  expect(plain.headers['etag']).not.toBe(gzip.headers['etag']);
  const again = await rawGet(web.origin, path, { 'if-none-match': String(plain.headers['etag']) });
  expect(again.status).toBe(304);
});

test('other files are asked for again each time', async () => {
  await using web = await serveWeb();
  const response = await fetch(`${web.origin}/favicon.svg`);
  expect(response.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
});

test('a missing built file is no page', async () => {
  await using web = await serveWeb();
  const response = await fetch(`${web.origin}/assets/gone.js`);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test.each(['/', '/alpha', '/assets/main-abc123.js', '/favicon.svg'])(
  '%s takes nothing but GET',
  async (path) => {
    await using web = await serveWeb();
    const response = await fetch(web.origin + path, { method: 'POST', body: 'x' });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
  },
);

test('without a built page the cure is told, and the API works', async () => {
  await using web = await serveWeb({ pageDirectory: '/nonexistent' });
  const response = await fetch(web.origin);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: 'page_not_built' });
  expect((await fetch(`${web.origin}/api/v1/channels`)).status).toBe(200);
});
