import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { signIn } from './people.ts';
import { INDEX_HTML, type ServedWeb, serveWeb } from './serve-web.ts';

const MINUTE_MS = 60_000;
const BROWSER = { accept: 'text/html,application/xhtml+xml', 'sec-fetch-site': 'same-origin' };

async function linkFor(web: ServedWeb, name = 'alice'): Promise<string> {
  const { user } = await web.people.accounts.ensure(name);
  const code = await web.people.signInCodes.create({
    userId: user.id,
    lifetimeMs: 15 * MINUTE_MS,
    sessionMs: 60 * MINUTE_MS,
  });
  return `${web.origin}/signin/${code}`;
}
const post = (url: string, headers: Record<string, string> = BROWSER) =>
  fetch(url, { method: 'POST', headers, redirect: 'manual' });
/** What a browser sends back of a `Set-Cookie`. */
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const me = async (web: ServedWeb, cookie: string) =>
  (await fetch(`${web.origin}/api/v1/me`, { headers: { cookie } })).json();

describe('a sign-in link', () => {
  test('is looked at any number of times, says whom it is for, and signs in once', async () => {
    await using web = await serveWeb();
    const link = await linkFor(web);
    const code = link.split('/').at(-1);
    for (let look = 0; look < 3; look++) {
      const page = await fetch(link);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<div id="root">');
      expect(page.headers.getSetCookie()).toEqual([]);
    }
    const facts = await fetch(`${web.origin}/api/v1/sign-in-codes/${code}`);
    expect(await facts.json()).toMatchObject({ name: 'alice' });

    const first = await post(link);
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/');
    expect(await me(web, cookieOf(first))).toMatchObject({ user: { name: 'alice' } });

    const second = await post(link);
    expect(second.status).toBe(410);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect((await fetch(link)).status).toBe(410);
    expect(await (await post(link, { accept: 'application/json' })).json()).toMatchObject({
      code: 'sign_in_code_used',
    });
  });

  test('sets a cookie for the session’s time that no script reads and no other site sends', async () => {
    await using web = await serveWeb();
    const [cookie = ''] = (await post(await linkFor(web))).headers.getSetCookie();
    expect(cookie).toMatch(/^footlight_session=[\w.-]+;/);
    expect(cookie).toMatch(/Max-Age=3(600|599)\b/);
    for (const word of ['HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(word);
    expect(cookie).not.toMatch(/Secure|Domain/);
  });

  test('sets a Secure cookie of this host alone over https', async () => {
    const publicUrl = 'https://live.example';
    await using web = await serveWeb({ config: { publicUrl, trustProxy: 'loopback' } });
    const headers = { ...BROWSER, 'x-forwarded-proto': 'https' };
    const [cookie = ''] = (await post(await linkFor(web), headers)).headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-footlight_session=.*; Secure/);
    expect(await me(web, cookie.split(';')[0] ?? '')).toMatchObject({ user: { name: 'alice' } });
  });

  test('that has run out, or never was, signs nobody in', async () => {
    const clock = createManualClock();
    await using web = await serveWeb({ clock });
    const link = await linkFor(web);
    clock.advance(15 * MINUTE_MS);
    for (const [url, status, code] of [
      [link, 410, 'sign_in_code_expired'],
      [`${web.origin}/signin/nothing`, 404, 'sign_in_code_unknown'],
    ] as const) {
      const refused = await post(url, { accept: 'application/json' });
      expect(refused.status).toBe(status);
      expect(await refused.json()).toMatchObject({ code });
      const page = await post(url);
      expect(page.status).toBe(status);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect((await fetch(url)).status).toBe(status);
    }
  });

  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
  ])('is not used by a page of another site: %j', async (headers: Record<string, string>) => {
    await using web = await serveWeb();
    const link = await linkFor(web);
    const refused = await post(link, headers);
    expect(refused.status).toBe(403);
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect((await post(link)).status).toBe(303);
  });

  test.each([
    ['/alpha', '/alpha'],
    ['/alpha?theatre=1#chat', '/alpha?theatre=1#chat'],
    ['/a b', '/a%20b'],
    ['https://elsewhere.example/', '/'],
    ['//elsewhere.example/', '/'],
    ['/\\elsewhere.example/', '/'],
    ['/.//elsewhere.example/', '/'],
    ['/alpha/..//elsewhere.example/', '/'],
    ['/\t/elsewhere.example/', '/'],
    ['\\\\elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
    ['alpha', '/'],
    ['/alpha\r\nSet-Cookie: x=1', '/alphaSet-Cookie:%20x=1'],
    ['', '/'],
  ])('leads on to a path of this site: %j to %s', async (to, location) => {
    await using web = await serveWeb();
    const answer = await post(`${await linkFor(web)}?to=${encodeURIComponent(to)}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(location);
    expect(new URL(location, web.origin).origin).toBe(web.origin);
  });

  test('ends the session that the browser had, and no other', async () => {
    await using web = await serveWeb();
    const [here, elsewhere] = [await signIn(web, 'alice'), await signIn(web, 'alice')];
    const next = await post(await linkFor(web, 'bob'), { ...BROWSER, ...here.cookie });
    expect(await me(web, cookieOf(next))).toMatchObject({ user: { name: 'bob' } });
    expect(await me(web, String(here.cookie['cookie']))).toEqual({ user: null });
    expect(await me(web, String(elsewhere.cookie['cookie']))).toMatchObject({
      user: { name: 'alice' },
    });
  });

  test('signs in a browser whose old cookie does not count any more', async () => {
    await using web = await serveWeb();
    const stale = { ...BROWSER, cookie: 'footlight_session=stale' };
    expect((await post(await linkFor(web), stale)).status).toBe(303);
  });

  test('is a page of ours: not framed, not kept, not searched', async () => {
    await using web = await serveWeb();
    const { headers } = await fetch(await linkFor(web));
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toBe('noindex');
  });

  test('is used by POST alone', async () => {
    await using web = await serveWeb();
    const answer = await fetch(await linkFor(web), { method: 'PUT' });
    expect(answer.status).toBe(405);
  });
});

describe('signing out', () => {
  test('ends the session, also for whoever kept its cookie', async () => {
    await using web = await serveWeb();
    const session = cookieOf(await post(await linkFor(web)));
    const answer = await post(`${web.origin}/signout?to=/alpha`, { ...BROWSER, cookie: session });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/alpha');
    expect(answer.headers.getSetCookie()[0]).toMatch(/^footlight_session=; Max-Age=0;/);
    expect(await me(web, session)).toEqual({ user: null });
  });

  test('is not done by a page of another site', async () => {
    await using web = await serveWeb();
    const { cookie } = await signIn(web, 'alice');
    const foreign = { ...cookie, 'sec-fetch-site': 'cross-site' };
    expect((await post(`${web.origin}/signout`, foreign)).status).toBe(403);
    expect(await me(web, String(cookie['cookie']))).toMatchObject({ user: { name: 'alice' } });
  });

  test('without a session leads on all the same', async () => {
    await using web = await serveWeb();
    expect((await post(`${web.origin}/signout`)).status).toBe(303);
  });

  test('is not done by following a link', async () => {
    await using web = await serveWeb();
    const { cookie } = await signIn(web, 'alice');
    await fetch(`${web.origin}/signout`, { headers: cookie });
    expect(await me(web, String(cookie['cookie']))).toMatchObject({ user: { name: 'alice' } });
  });
});

test('the page of a link holds nothing of its code', async () => {
  await using web = await serveWeb();
  const link = await linkFor(web);
  const html = await (await fetch(link)).text();
  expect(html).not.toContain(link.split('/').at(-1));
  expect(html).toContain('Sign in · Footlight');
  expect(INDEX_HTML).toContain('<title>Footlight</title>');
});
