import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { eventConnectionsDropped } from '../../../web/server/web-metrics.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { readEvents } from './event-reader.ts';
import { channelNamed, serveWeb } from './serve-web.ts';
import { end, goLive } from './stream-facts.ts';

test('a connection ends after its lifetime, so that a vanished machine is forgotten', async () => {
  const clock = createManualClock();
  await using web = await serveWeb({ clock, limits: { lifetimeMs: 60_000 } });
  using events = await readEvents(`${web.origin}/events?watching=alpha`);
  await events.next();
  clock.advance(120_000);
  await events.ended;
});

test('more connections than one address may hold are refused, and a closed one makes room', async () => {
  await using web = await serveWeb({ limits: { connectionsPerAddress: 2 } });
  using first = await readEvents(`${web.origin}/events`);
  const second = await readEvents(`${web.origin}/events`);
  expect([first.status, second.status]).toEqual([200, 200]);
  const refused = await fetch(`${web.origin}/events`);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: 'events_too_many' });
  second[Symbol.dispose]();
  await expect
    .poll(async () => {
      using again = await readEvents(`${web.origin}/events`);
      return again.status;
    })
    .toBe(200);
});

test('more connections than the server may hold are refused', async () => {
  await using web = await serveWeb({ limits: { connections: 1 } });
  using _first = await readEvents(`${web.origin}/events`);
  expect((await fetch(`${web.origin}/events`)).status).toBe(503);
});

test('addresses that a proxy tells count only when TRUST_PROXY names it', async () => {
  const openAs = async (trustProxy: string | null) => {
    await using web = await serveWeb({
      config: { trustProxy },
      limits: { connectionsPerAddress: 1 },
    });
    using first = await readEvents(`${web.origin}/events`, { 'X-Forwarded-For': '192.0.2.1' });
    using second = await readEvents(`${web.origin}/events`, { 'X-Forwarded-For': '192.0.2.2' });
    return [first.status, second.status];
  };
  expect(await openAs('loopback')).toEqual([200, 200]);
  expect(await openAs(null)).toEqual([200, 429]);
});

test.each([
  ['a name that cannot be', 'watching=a%0Ab'],
  ['too many players', Array(33).fill('watching=alpha').join('&')],
  ['too many channels', Array(33).fill('channel=alpha').join('&')],
])('%s in the query is refused', async (_what, query) => {
  await using web = await serveWeb();
  const response = await fetch(`${web.origin}/events?${query}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'events_query_invalid' });
});

test('a reader that does not read is closed instead of filling the memory', async () => {
  await using web = await serveWeb();
  web.channels.set('alpha', channelNamed('alpha', 'x'.repeat(60_000)));
  const socket = connect(Number(new URL(web.origin).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'readable');
  const before = await droppedTotal();
  await expect
    .poll(
      () => {
        for (let round = 0; round < 20; round += 1) {
          goLive(web, 'alpha');
          end(web, 'alpha');
        }
        return droppedTotal();
      },
      { interval: 5, timeout: 10_000 },
    )
    .toBe(before + 1);
  socket.destroy();
});

const droppedTotal = async () => (await eventConnectionsDropped.get()).values[0]?.value ?? 0;
