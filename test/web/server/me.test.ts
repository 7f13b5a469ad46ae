import { UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { signIn } from './people.ts';
import { serveWeb } from './serve-web.ts';

const ask = async (origin: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${origin}/api/v1/me`, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
};
const NOBODY = { status: 200, body: { user: null } };

describe('who asks', () => {
  test('is nobody without a token and without a cookie, and no cache keeps that', async () => {
    await using web = await serveWeb();
    const answer = await ask(web.origin);
    expect(answer).toMatchObject(NOBODY);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('is told by a Bearer token or by the session cookie', async () => {
    await using web = await serveWeb();
    const alice = await signIn(web, 'Alice');
    const user = { id: alice.userId, name: 'alice', color: null };
    for (const headers of [alice.bearer, alice.cookie])
      expect(await ask(web.origin, headers)).toMatchObject({ status: 200, body: { user } });
  });

  test('by a token goes before whom the cookie names', async () => {
    await using web = await serveWeb();
    const [alice, bob] = [await signIn(web, 'alice'), await signIn(web, 'bob')];
    const { body } = await ask(web.origin, { ...alice.cookie, ...bob.bearer });
    expect(body).toMatchObject({ user: { name: 'bob' } });
  });

  test.each([
    ['forged', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl'],
    ['unsigned', new UnsecuredJWT().setSubject('admin').setExpirationTime('1h').encode()],
    ['no token at all', 'hello'],
  ])('by a token that is %s is refused, and by such a cookie is nobody', async (_, token) => {
    await using web = await serveWeb();
    const refused = await ask(web.origin, { authorization: `Bearer ${token}` });
    expect(refused).toMatchObject({ status: 401, body: { code: 'token_invalid' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await ask(web.origin, { cookie: `footlight_session=${token}` })).toMatchObject(NOBODY);
  });

  test('by another scheme than Bearer is refused', async () => {
    await using web = await serveWeb();
    const answer = await ask(web.origin, { authorization: 'Basic YWxpY2U6c2VjcmV0' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_invalid' } });
  });

  test('by a token that has run out is refused as expired', async () => {
    const clock = createManualClock();
    await using web = await serveWeb({ clock });
    const alice = await signIn(web, 'alice');
    clock.advance(3_600_000);
    expect(await ask(web.origin, alice.bearer)).toMatchObject({
      status: 401,
      body: { code: 'token_expired' },
    });
    expect(await ask(web.origin, alice.cookie)).toMatchObject(NOBODY);
  });

  test('by a token that was taken back is refused as revoked', async () => {
    await using web = await serveWeb();
    const alice = await signIn(web, 'alice');
    await ask(web.origin, alice.bearer);
    await web.people.sessions.revoke(await web.people.identities.verify(alice.token));
    expect(await ask(web.origin, alice.bearer)).toMatchObject({
      status: 401,
      body: { code: 'token_revoked' },
    });
  });
});

describe('the colour in chat', () => {
  const change = async (origin: string, headers: Record<string, string>, body: unknown) => {
    const response = await fetch(`${origin}/api/v1/me`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  test('is changed, and taken away', async () => {
    await using web = await serveWeb();
    const { bearer } = await signIn(web, 'alice');
    expect(await change(web.origin, bearer, { color: '#FFB35C' })).toMatchObject({
      status: 200,
      body: { user: { color: '#ffb35c' } },
    });
    expect((await ask(web.origin, bearer)).body).toMatchObject({ user: { color: '#ffb35c' } });
    expect((await change(web.origin, bearer, { color: null })).body).toMatchObject({
      user: { color: null },
    });
  });

  test.each([
    {},
    { color: 'red' },
    { color: '#fff' },
    { color: '#ffb35c;background:url(//x)' },
    { color: 5 },
    [],
    '{',
    `{"color":"${'#'.repeat(2_000)}"}`,
  ])('is never %j', async (body) => {
    await using web = await serveWeb();
    const { bearer } = await signIn(web, 'alice');
    const { status } = await change(web.origin, bearer, body);
    expect([400, 413]).toContain(status);
    expect((await ask(web.origin, bearer)).body).toMatchObject({ user: { color: null } });
  });

  test('is changed by those who are signed in', async () => {
    await using web = await serveWeb();
    expect(await change(web.origin, {}, { color: '#ffb35c' })).toMatchObject({
      status: 401,
      body: { code: 'sign_in_required' },
    });
  });
});

describe('a session cookie writes', () => {
  const write = async (origin: string, headers: Record<string, string>) =>
    (await fetch(`${origin}/api/v1/channels/alpha/follow`, { method: 'PUT', headers })).status;

  test('for a page of this site, as Sec-Fetch-Site says or, without it, Origin', async () => {
    await using web = await serveWeb();
    const { cookie } = (await signIn(web, 'alice')).cookie;
    const of = { cookie: String(cookie) };
    expect(await write(web.origin, { ...of, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await write(web.origin, { ...of, origin: web.origin })).toBe(200);
  });

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'OWN' }],
    [{ origin: 'https://elsewhere.example' }],
    [{ origin: 'http://127.0.0.1:1' }],
    [{ origin: 'null' }],
    [{}],
  ])('for no other: %j', async (said: Record<string, string>) => {
    await using web = await serveWeb();
    const { cookie } = (await signIn(web, 'alice')).cookie;
    const own = Object.entries(said).map(([name, value]) => [
      name,
      value === 'OWN' ? web.origin : value,
    ]);
    const headers = { cookie: String(cookie), ...Object.fromEntries(own) };
    expect(await write(web.origin, headers)).toBe(403);
  });

  test('for PUBLIC_URL too, where a proxy asks by another host', async () => {
    await using web = await serveWeb({ config: { publicUrl: 'https://live.example' } });
    const { cookie } = (await signIn(web, 'alice')).cookie;
    const of = { cookie: String(cookie) };
    expect(await write(web.origin, { ...of, origin: 'https://live.example' })).toBe(200);
    expect(await write(web.origin, { ...of, origin: 'http://live.example' })).toBe(403);
  });

  test('for the host and port that a proxy was asked for', async () => {
    await using web = await serveWeb();
    const { cookie } = (await signIn(web, 'alice')).cookie;
    const of = { cookie: String(cookie), 'x-forwarded-host': 'live.example:8443' };
    expect(await write(web.origin, { ...of, origin: 'https://live.example:8443' })).toBe(200);
    expect(await write(web.origin, { ...of, origin: 'https://live.example' })).toBe(403);
  });

  test('while a Bearer token writes from anywhere', async () => {
    await using web = await serveWeb();
    const { bearer } = await signIn(web, 'alice');
    expect(await write(web.origin, { ...bearer, origin: 'https://elsewhere.example' })).toBe(200);
  });
});
