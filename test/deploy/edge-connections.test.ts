import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EdgeUnderTest, startEdgeUnderTest } from './edge-under-test.ts';

let site: EdgeUnderTest;
beforeAll(async () => {
  site = await startEdgeUnderTest();
});
afterAll(() => site?.close());
beforeEach(() => site.origin.asked.clear());

describe('connections that stay open', () => {
  it('a WebSocket is upgraded and carries bytes both ways', async () => {
    site.origin.upgrade = (asked, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello ${asked.url} `,
      );
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
    };
    for (const path of ['/chat/show', '/rooms/green/signal']) {
      const socket = connect(site.edge.httpPort, '127.0.0.1');
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
    site.origin.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      send = (text) => response.write(`data: ${text}\n\n`);
    };
    const asked = site.ask('/events?watching=show');
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
      expect((await site.get(path)).status).toBe(404);
    }
    expect(site.origin.asked.size).toBe(0);
  });

  it('no version, and an address of his own that he cannot make up', async () => {
    let forwarded: string | string[] | undefined;
    site.origin.answer = (asked, response) => {
      forwarded = asked.headers['x-forwarded-for'];
      response.end('page');
    };
    const got = await site.get('/', { 'x-forwarded-for': '10.9.8.7' });
    expect(got.headers.server).toBe('nginx');
    expect(forwarded).toBe('127.0.0.1');
  });

  it('the edge runs without a complaint', () => {
    expect(site.edge.errors()).not.toMatch(/\[(alert|crit|emerg)\]/);
  });
});
