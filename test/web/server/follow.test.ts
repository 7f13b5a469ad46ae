import { expect, test } from 'vitest';
import { signIn } from './people.ts';
import { serveWeb } from './serve-web.ts';

const call = async (
  origin: string,
  method: string,
  headers: Record<string, string> = {},
  channel = 'alpha',
) => {
  const response = await fetch(`${origin}/api/v1/channels/${channel}/follow`, { method, headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
};

test('a channel is followed, and no longer', async () => {
  await using web = await serveWeb();
  const { bearer } = await signIn(web, 'alice');
  const at = (following: boolean, followers: number) => ({
    status: 200,
    body: { following, followers },
  });
  expect(await call(web.origin, 'GET', bearer)).toMatchObject(at(false, 0));
  expect(await call(web.origin, 'PUT', bearer)).toMatchObject(at(true, 1));
  expect(await call(web.origin, 'PUT', bearer, 'ALPHA')).toMatchObject(at(true, 1));
  expect(await call(web.origin, 'GET', bearer)).toMatchObject(at(true, 1));
  expect(await call(web.origin, 'GET', bearer, 'beta')).toMatchObject(at(false, 0));
  expect(await call(web.origin, 'DELETE', bearer)).toMatchObject(at(false, 0));
});

test('everybody is told how many follow, and follows for themselves', async () => {
  await using web = await serveWeb();
  await call(web.origin, 'PUT', (await signIn(web, 'alice')).bearer);
  await call(web.origin, 'PUT', (await signIn(web, 'bob')).bearer);
  const guest = await call(web.origin, 'GET');
  expect(guest.body).toEqual({ following: false, followers: 2 });
  expect(guest.headers.get('cache-control')).toBe('no-store');
});

test('only those who are signed in follow', async () => {
  await using web = await serveWeb();
  for (const method of ['PUT', 'DELETE'])
    expect(await call(web.origin, method)).toMatchObject({
      status: 401,
      body: { code: 'sign_in_required' },
    });
});

test('a channel that does not exist cannot be followed', async () => {
  await using web = await serveWeb();
  const { bearer } = await signIn(web, 'alice');
  for (const name of ['gamma', 'a', '..%2fetc', '%00'])
    expect((await call(web.origin, 'PUT', bearer, name)).status).toBe(404);
});

test('the chat of every node hears of it', async () => {
  await using web = await serveWeb();
  const { bearer, userId } = await signIn(web, 'alice');
  const heard: unknown[] = [];
  web.bus.subscribe('chat:standing-changed', (fact) => heard.push(fact));
  await call(web.origin, 'PUT', bearer);
  expect(heard).toEqual([{ channel: 'alpha', userId }]);
});

test('somebody who clicks 30 times a minute is told to wait, and nobody else', async () => {
  await using web = await serveWeb();
  const [alice, bob] = [await signIn(web, 'alice'), await signIn(web, 'bob')];
  for (let click = 0; click < 30; click++)
    expect((await call(web.origin, click % 2 === 0 ? 'PUT' : 'DELETE', alice.bearer)).status).toBe(
      200,
    );
  const refused = await call(web.origin, 'PUT', alice.bearer);
  expect(refused).toMatchObject({ status: 429, body: { code: 'requests_too_many' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await call(web.origin, 'PUT', bob.bearer)).status).toBe(200);
  expect((await call(web.origin, 'GET', alice.bearer)).status).toBe(200);
});

test('other methods are named as such', async () => {
  await using web = await serveWeb();
  const answer = await call(web.origin, 'POST', (await signIn(web, 'alice')).bearer);
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, HEAD, PUT, DELETE, OPTIONS');
});
