import { IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../platform/config.ts';
import { createHttpApp, type HttpApp } from '../../platform/http-app.ts';
import { addressOf, type UpgradeRoute } from '../../platform/http-upgrade.ts';
import { createLog } from '../../platform/log.ts';

let app: HttpApp | null = null;
afterEach(() => app?.close());

/** Asks for an upgrade and gives all that comes back, and the address that the route was told. */
async function ask(
  path: string,
  options: { env?: Record<string, string>; forwarded?: string } = {},
) {
  let address: string | null = null;
  const route: UpgradeRoute = {
    prefix: '/chat/',
    handle(upgrade) {
      address = upgrade.address;
      if (path.endsWith('fault')) throw new Error('a fault');
      upgrade.socket.end('taken');
    },
  };
  app = createHttpApp({
    config: { ...loadConfig({ DATA_DIR: '/tmp', HOST: '127.0.0.1', ...options.env }), httpPort: 0 },
    log: createLog('silent'),
    health: { words: async () => ({}), cures: () => ({}), isStarted: () => true },
    rawRoutes: [],
    upgradeRoutes: [route],
    routers: [],
  });
  await app.listen();
  const bound = app.server.address();
  const socket = connect(typeof bound === 'object' ? (bound?.port ?? 0) : 0, '127.0.0.1');
  const forwarded =
    options.forwarded === undefined ? '' : `X-Forwarded-For: ${options.forwarded}\r\n`;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${forwarded}\r\n`,
  );
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return { answer, address };
}

describe('an upgrade', () => {
  it('is handed to the route of its path, with the address of the client', async () => {
    expect(await ask('/chat/stage')).toEqual({ answer: 'taken', address: '127.0.0.1' });
  });

  it('that nobody takes is answered and ended', async () => {
    expect((await ask('/elsewhere')).answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('whose route fails is ended, and the server goes on', async () => {
    expect((await ask('/chat/fault')).answer).toBe('');
    expect(app?.server.listening).toBe(true);
  });

  it('believes a forwarded address only of a proxy that is trusted', async () => {
    const forwarded = '203.0.113.9, 198.51.100.7';
    expect((await ask('/chat/stage', { forwarded })).address).toBe('127.0.0.1');
    await app?.close();
    const env = { TRUST_PROXY: 'loopback' };
    expect((await ask('/chat/stage', { forwarded, env })).address).toBe('198.51.100.7');
  });
});

it('the address is the nearest that is no proxy of ours', () => {
  const req = new IncomingMessage(new Socket());
  Object.defineProperty(req.socket, 'remoteAddress', { value: '10.0.0.1' });
  req.headers['x-forwarded-for'] = '203.0.113.9, 10.0.0.2';
  const isOurs = (address: string) => address.startsWith('10.');
  expect(addressOf(req, isOurs)).toBe('203.0.113.9');
  expect(addressOf(req, () => true)).toBe('203.0.113.9');
  expect(addressOf(req, () => false)).toBe('10.0.0.1');
});
