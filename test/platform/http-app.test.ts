import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Router } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import type { Health } from '../../platform/health.ts';
import { createHttpApp, type HttpApp } from '../../platform/http-app.ts';
import { createLog } from '../../platform/log.ts';
import { freePorts } from '../support/free-ports.ts';

let app: HttpApp;
let url: string;
let health: Health;
let words: Record<string, string>;

beforeEach(async () => {
  words = { web: 'ok', chat: 'off', sfu: 'missing' };
  health = {
    words: async () => words,
    cures: () => ({ sfu: 'Install it.' }),
    isStarted: () => true,
  };
  app = create((await freePorts(1))[0] ?? 0);
  await app.listen();
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterEach(() => app.close());

function create(port: number): HttpApp {
  const router = Router();
  router.get('/gone', () => {
    throw new AppError({ code: 'gone', status: 410, message: 'It is gone.' });
  });
  router.get('/bug', () => {
    throw new TypeError('secret detail');
  });
  router.get('/channels/:name', (req, res) => void res.send(req.params.name));
  router.get('/endless', (_req, res) => void res.write('first'));
  router.use((req, res) => void res.send(`express ${req.path}`));
  return createHttpApp({
    config: loadConfig({ DATA_DIR: '/tmp', HTTP_PORT: String(port), HOST: '127.0.0.1' }),
    log: createLog('silent'),
    health,
    rawRoutes: [
      {
        prefix: '/live/',
        except: ['/live/chat'],
        handle: (req, res) => {
          const names = res.getHeaderNames().join();
          if (req.url === '/live/headers') res.setHeader('names-before', names);
          res.end(`raw ${req.url}`);
        },
      },
      {
        prefix: '/broken/',
        handle: () => {
          throw new Error('a fault');
        },
      },
    ],
    routers: [router],
  });
}

describe('readyz', () => {
  const ready = async () => {
    const answer = await fetch(`${url}/readyz`);
    return { status: answer.status, body: await answer.json() };
  };

  it('is 200 while parts are ok, off or missing', async () => {
    expect(await ready()).toEqual({
      status: 200,
      body: { ready: true, web: 'ok', chat: 'off', sfu: 'missing', cures: { sfu: 'Install it.' } },
    });
  });

  it('is 503 with the word of the part that fails', async () => {
    words = { ...words, web: 'page not built' };
    expect(await ready()).toMatchObject({
      status: 503,
      body: { ready: false, web: 'page not built' },
    });
  });

  it('is 503 until everything has started', async () => {
    health.isStarted = () => false;
    expect((await ready()).status).toBe(503);
  });
});

describe('routes', () => {
  it('are raw below their prefix and express everywhere else', async () => {
    const text = async (path: string) => (await fetch(url + path)).text();
    expect(await text('/live/stage/index.m3u8?_HLS_msn=1')).toBe(
      'raw /live/stage/index.m3u8?_HLS_msn=1',
    );
    expect(await text('/live/chat?theme=dark')).toBe('express /live/chat');
    expect(await text('/live')).toBe('express /live');
  });

  it('say nothing of the software and forbid sniffing', async () => {
    const { headers } = await fetch(`${url}/x`);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('are left to a raw route with no header set, so that its prepared lists are not merged', async () => {
    const { headers } = await fetch(`${url}/live/headers`);
    expect(headers.get('names-before')).toBe('');
  });

  it('end a raw request whose handler fails, and nothing else', async () => {
    await expect(fetch(`${url}/broken/x`)).rejects.toThrow();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('errors', () => {
  it('that are ours answer with their code, sentence and status', async () => {
    const answer = await fetch(`${url}/gone`);
    expect(answer.status).toBe(410);
    expect(await answer.json()).toEqual({ code: 'gone', message: 'It is gone.' });
  });

  it('that are not expected tell nothing of the inside', async () => {
    const answer = await fetch(`${url}/bug`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret detail');
  });

  it('of a malformed path are the asker’s', async () => {
    expect((await fetch(`${url}/channels/%E0%A4%A`)).status).toBe(400);
  });
});

describe('connections', () => {
  it('with headers beyond 16 kB are refused', async () => {
    const answer = await fetch(url, { headers: { 'x-large': 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
  });

  it('are ended by close, endless answers too', async () => {
    const answer = await fetch(`${url}/endless`);
    const rest = answer.text();
    await app.close();
    await expect(rest).rejects.toThrow();
  });

  it('may come by the thousand', async () => {
    const port = (app.server.address() as AddressInfo).port;
    const sockets = Array.from({ length: 1_000 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

it('a port that is taken is named with its setting and the cure', async () => {
  const second = create((app.server.address() as AddressInfo).port);
  await expect(second.listen()).rejects.toMatchObject({
    code: 'port_unusable',
    message: expect.stringMatching(/HTTP_PORT \d+ .* is taken .* set HTTP_PORT to a free port/),
  });
});
