import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AppError } from '../../platform/errors.ts';
import { createHttpIdentity } from '../../platform/http-identity.ts';
import type { Identity } from '../../platform/identity.ts';

const ALICE: Identity = {
  userId: 'user-1',
  name: 'alice',
  admin: false,
  tokenId: 'token-1',
  expiresAt: 2e12,
};
const { ofUpgrade } = createHttpIdentity({
  config: { publicUrl: 'https://live.example' },
  identities: {
    async verify(token) {
      if (token === 'good') return ALICE;
      if (token === 'broken') throw new TypeError('the database is away');
      throw new AppError({ code: 'token_invalid', message: 'No.', status: 401 });
    },
  },
});

/** Refuses each upgrade with who asked for it. */
let server: Server;
let host: string;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', async (req, socket) => {
    const said = await ofUpgrade(req).then(
      (identity) => identity?.name ?? 'nobody',
      () => 'failed',
    );
    socket.end(`HTTP/1.1 403 ${said}\r\nConnection: close\r\n\r\n`);
  });
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

async function whoOpens(headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`ws://${host}/chat/live`, { headers });
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusMessage;
}

test('a socket of a page of this site is of whom its session cookie names', async () => {
  for (const origin of [`http://${host}`, 'https://live.example'])
    for (const name of ['footlight_session', '__Host-footlight_session'])
      expect(await whoOpens({ origin, cookie: `theme=dark; ${name}=good` })).toBe('alice');
});

test.each([
  ['of another site', { origin: 'https://elsewhere.example' }],
  ['of another port', { origin: 'http://127.0.0.1:1' }],
  ['of a file', { origin: 'null' }],
  ['of no page', {}],
])('a socket %s is nobody’s, whatever cookie came with it', async (_, headers) => {
  expect(await whoOpens({ ...headers, cookie: 'footlight_session=good' })).toBe('nobody');
});

test('a socket without a cookie, or with one that does not count, is nobody’s', async () => {
  const origin = `http://${host}`;
  expect(await whoOpens({ origin })).toBe('nobody');
  expect(await whoOpens({ origin, cookie: 'footlight_session=stale' })).toBe('nobody');
  expect(await whoOpens({ origin, cookie: '=;;; ;footlight_session' })).toBe('nobody');
});

test('a database that is away makes nobody a guest', async () => {
  const cookie = 'footlight_session=broken';
  expect(await whoOpens({ origin: `http://${host}`, cookie })).toBe('failed');
});
