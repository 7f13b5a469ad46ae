import { expect, test } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { readEvents } from './event-reader.ts';
import { entryOf, serveWeb } from './serve-web.ts';
import { comeBack, end, goLive, interrupt } from './stream-facts.ts';

test('the answer is an event stream that proxies and caches leave alone', async () => {
  await using web = await serveWeb();
  using events = await readEvents(`${web.origin}/events`);
  expect(events.status).toBe(200);
  expect(events.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'access-control-allow-origin': '*',
  });
  expect(events.headers['set-cookie']).toBeUndefined();
  await events.next();
  expect(events.others).toContain('retry: 2000');
});

test('a connection begins with where things stand', async () => {
  await using web = await serveWeb();
  goLive(web, 'alpha');
  using events = await readEvents(`${web.origin}/events?watching=beta`);
  expect(await events.next()).toMatchObject({
    type: 'snapshot',
    id: expect.any(String),
    event: {
      data: {
        live: [{ channel: 'alpha', streamId: 'stream-of-alpha', viewers: 0, interrupted: false }],
        viewers: [{ channel: 'beta', viewers: 1 }],
      },
    },
  });
});

test('a stream that was live before the server started is in the snapshot', async () => {
  await using web = await serveWeb({
    entries: [entryOf('alpha', { state: 'interrupted', graceEndsAt: 9 })],
  });
  using events = await readEvents(`${web.origin}/events`);
  expect((await events.next()).event?.data).toMatchObject({
    live: [{ channel: 'alpha', interrupted: true, graceEndsAt: 9 }],
  });
});

test('a stream goes live, is interrupted, returns and ends, in this order', async () => {
  await using web = await serveWeb();
  using events = await readEvents(`${web.origin}/events`);
  await events.next();
  goLive(web, 'alpha');
  interrupt(web, 'alpha');
  comeBack(web, 'alpha');
  end(web, 'alpha');
  const read = [await events.next(), await events.next(), await events.next(), await events.next()];
  expect(read.map((one) => one.event)).toMatchObject([
    { type: 'stream.live', data: { channel: 'alpha', returned: false } },
    { type: 'stream.interrupted', data: { reason: 'lost', graceEndsAt: 1_700_000_030_000 } },
    { type: 'stream.live', data: { returned: true, streamId: 'stream-of-alpha' } },
    { type: 'stream.offline', data: { endedAt: 5 } },
  ]);
  expect(new Set(read.map((one) => one.id)).size).toBe(4);
});

test('a stream that never played is not announced, and a new source of a running one neither', async () => {
  await using web = await serveWeb();
  using events = await readEvents(`${web.origin}/events`);
  await events.next();
  interrupt(web, 'beta');
  end(web, 'beta');
  goLive(web, 'alpha');
  comeBack(web, 'alpha');
  end(web, 'alpha');
  expect((await events.next()).event).toMatchObject({
    type: 'stream.live',
    data: { channel: 'alpha' },
  });
  expect((await events.next()).type).toBe('stream.offline');
});

test('the late end of an old stream does not end its successor', async () => {
  await using web = await serveWeb();
  goLive(web, 'alpha');
  web.bus.publish('stream:ended', { channel: 'alpha', streamId: 'older', endedAt: 5 });
  using events = await readEvents(`${web.origin}/events`);
  expect((await events.next()).event?.data).toMatchObject({ live: [{ channel: 'alpha' }] });
});

test('a connection that returns with its last id gets what it missed, and no snapshot', async () => {
  await using web = await serveWeb();
  const first = await readEvents(`${web.origin}/events`);
  const { id } = await first.next();
  first[Symbol.dispose]();
  goLive(web, 'alpha');
  end(web, 'alpha');
  using byHeader = await readEvents(`${web.origin}/events`, { 'Last-Event-ID': id ?? '' });
  expect((await byHeader.next()).type).toBe('stream.live');
  expect((await byHeader.next()).type).toBe('stream.offline');
  using byQuery = await readEvents(`${web.origin}/events?lastEventId=${id}`);
  expect((await byQuery.next()).type).toBe('stream.live');
});

test('an id of another life of the server gets a snapshot', async () => {
  await using web = await serveWeb();
  using events = await readEvents(`${web.origin}/events`, { 'Last-Event-ID': 'other-3' });
  expect((await events.next()).type).toBe('snapshot');
});

test('with `channel` only its events come', async () => {
  await using web = await serveWeb();
  goLive(web, 'alpha');
  using events = await readEvents(`${web.origin}/events?channel=BETA`);
  expect((await events.next()).event?.data).toMatchObject({ live: [] });
  end(web, 'alpha');
  goLive(web, 'beta');
  expect((await events.next()).event?.data).toMatchObject({ channel: 'beta' });
});

test('each `watching` is a viewer until shortly after its connection closes', async () => {
  const clock = createManualClock();
  await using web = await serveWeb({ clock });
  const viewersOf = async (channel: string) => {
    const response = await fetch(`${web.origin}/api/v1/channels/${channel}`);
    return ((await response.json()) as { viewers: number }).viewers;
  };
  using observer = await readEvents(`${web.origin}/events`);
  await observer.next();
  const players = await readEvents(
    `${web.origin}/events?watching=alpha&watching=Alpha&watching=beta&watching=nobody`,
  );
  await players.next();
  expect(await viewersOf('alpha')).toBe(2);
  expect(await viewersOf('beta')).toBe(1);
  clock.advance(1_000);
  expect((await observer.nextOf('viewers')).event?.data).toEqual({ channel: 'alpha', viewers: 2 });
  players[Symbol.dispose]();
  await expect
    .poll(() => {
      clock.advance(4_000);
      return viewersOf('alpha');
    })
    .toBe(0);
});

test('viewer counts go out at most once a second', async () => {
  const clock = createManualClock();
  await using web = await serveWeb({ clock });
  using observer = await readEvents(`${web.origin}/events`);
  await observer.next();
  using one = await readEvents(`${web.origin}/events?watching=alpha`);
  await one.next();
  using two = await readEvents(`${web.origin}/events?watching=alpha`);
  await two.next();
  clock.advance(2_000);
  end(web, 'alpha');
  goLive(web, 'alpha');
  expect((await observer.next()).event).toMatchObject({ type: 'viewers', data: { viewers: 2 } });
  expect((await observer.next()).type).toBe('stream.live');
});

test('an idle connection beats every 15 seconds', async () => {
  const clock = createManualClock();
  await using web = await serveWeb({ clock });
  using events = await readEvents(`${web.origin}/events`);
  await events.next();
  clock.advance(15_000);
  expect(await events.next()).toMatchObject({ type: 'beat', id: null });
  expect(events.others).toContain(': beat');
});

test('only GET opens a stream', async () => {
  await using web = await serveWeb();
  expect((await fetch(`${web.origin}/events`, { method: 'POST' })).status).toBe(405);
  const head = await fetch(`${web.origin}/events`, { method: 'HEAD' });
  expect(head.status).toBe(200);
});
