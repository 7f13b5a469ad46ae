import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { retryDelayMs } from '../../platform/redis-connections.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { listen, redisOpener } from './support/redis-handles.ts';

const open = redisOpener();

/** The number of this server's subscriptions to a channel. */
const subscribers = async (handles: RedisHandles, name: string): Promise<number> =>
  Number(((await handles.commands.call('PUBSUB', 'NUMSUB', name)) as unknown[])[1]);

describe('one server', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis({ appendOnly: 'always', password: 'open sesame' });
  });
  afterAll(() => server.stop());

  it('brings a message to every listener of its channel, on all handles', async () => {
    const [one, two] = [await open(server.url), await open(server.url)];
    const here = [listen(one, 'a'), listen(one, 'a'), listen(two, 'a'), listen(two, 'b')];
    await Promise.all(here.map(({ confirmed }) => confirmed));
    await one.publishChannel('a', 'for a');
    await one.publishChannel('b', Buffer.from('for b'));
    await eventually(() =>
      expect(here.map(({ heard }) => heard)).toEqual([['for a'], ['for a'], ['for a'], ['for b']]),
    );
  });

  it('subscribes a channel once however many listen, until the last one leaves', async () => {
    const handles = await open(server.url);
    const listeners = Array.from({ length: 5 }, () => listen(handles, 'room'));
    await Promise.all(listeners.map(({ confirmed }) => confirmed));
    expect(await subscribers(handles, 'room')).toBe(1);
    for (const { end } of listeners.slice(1)) end();
    await handles.publishChannel('room', 'still here');
    await eventually(() => expect(listeners[0]?.heard).toEqual(['still here']));
    expect(listeners[1]?.heard).toEqual([]);
    listeners[0]?.end();
    await eventually(async () => expect(await subscribers(handles, 'room')).toBe(0));
  });

  it('subscribes again what is left and taken up again in one go', async () => {
    const handles = await open(server.url);
    const first = listen(handles, 'quick');
    first.end();
    const second = listen(handles, 'quick');
    await second.confirmed;
    await handles.publishChannel('quick', 'once');
    await eventually(() => expect(second.heard).toEqual(['once']));
    expect(first.heard).toEqual([]);
  });

  it('goes on with the other listeners when one throws', async () => {
    const handles = await open(server.url);
    handles.subscribeChannel('faulty', () => {
      throw new Error('a fault in a listener');
    });
    const other = listen(handles, 'faulty');
    await other.confirmed;
    await handles.publishChannel('faulty', 'heard');
    await eventually(() => expect(other.heard).toEqual(['heard']));
  });

  it('keeps installations apart that differ in the database number', async () => {
    const [first, second] = [await open(server.url), await open(`${server.url}/3`)];
    expect(first.prefix).not.toBe(second.prefix);
    await first.commands.set(`${first.prefix}here`, 'first');
    expect(await second.commands.get(`${first.prefix}here`)).toBeNull();
  });

  it('ends every connection when it is closed', async () => {
    const handles = await openRedis({
      url: server.url,
      clock: systemClock,
      log: createLog('silent'),
    });
    const watching = await open(server.url);
    const clients = async () =>
      String(await watching.commands.call('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    const before = await clients();
    await handles.close();
    await eventually(async () => expect(await clients()).toBe(before - 2));
  });

  describe('away', () => {
    it('rejects commands at once, comes back by itself, and tells who must catch up', async () => {
      const handles = await open(server.url);
      const { heard, confirmed } = listen(handles, 'news');
      const reconnected = vi.fn();
      handles.onReconnect(reconnected);
      await confirmed;
      expect(handles.readiness()).toBe('ok');
      await server.kill9();
      await expect.poll(() => handles.readiness()).toBe('reconnecting');
      const began = performance.now();
      await expect(handles.commands.set('a', '1')).rejects.toThrow();
      await expect(handles.publishChannel('news', 'lost')).rejects.toThrow();
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(reconnected).not.toHaveBeenCalled();

      const late = listen(handles, 'late');
      await server.restart();
      await expect.poll(() => reconnected.mock.calls.length).toBe(1);
      await late.confirmed;
      await expect.poll(() => handles.readiness()).toBe('ok');
      await handles.publishChannel('news', 'back');
      await handles.publishChannel('late', 'too');
      await eventually(() => expect([heard, late.heard]).toEqual([['back'], ['too']]));
    });

    it('says so in one line, however many attempts fail, and in one that it is back', async () => {
      const lines: Record<string, unknown>[] = [];
      const { pino } = await import('pino');
      const watched = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
      await open(server.url, { log: watched });
      await server.kill9();
      // Long enough for several attempts; their pauses grow from 50 ms.
      await delay(1_000);
      await server.restart();
      await expect.poll(() => lines.map(({ msg }) => msg)).toContain('redis is back');
      expect(lines.map(({ msg }) => msg)).toEqual(['redis is away', 'redis is back']);
      expect(JSON.stringify(lines)).not.toContain('sesame');
    });

    it('gives up commands that a hanging server leaves unanswered', async () => {
      const handles = await open(server.url);
      server.freeze();
      onTestFinished(() => server.resume());
      await expect(handles.commands.get('a')).rejects.toThrow();
      server.resume();
      await expect.poll(() => handles.readiness()).toBe('ok');
      expect(await handles.commands.ping()).toBe('PONG');
    });
  });

  describe('opening', () => {
    it('waits for a server that is still starting', async () => {
      await server.kill9();
      const opening = open(server.url);
      await delay(300);
      await server.restart();
      expect((await opening).readiness()).toBe('ok');
    });

    it('names the cause and the cure when nobody answers, and not the password', async () => {
      const [port = 0] = await freePorts(1);
      const fault = await open(`redis://:hunter2@127.0.0.1:${port}`, { waitMs: 300 }).catch(
        (error) => error,
      );
      expect(fault).toMatchObject({ code: 'redis_unusable' });
      expect(fault.message).toMatch(/ECONNREFUSED.*REDIS_URL/);
      expect(fault.message).not.toContain('hunter2');
    });

    it('says at once that a password is wrong', async () => {
      const fault = await open(server.url.replace('sesame', 'barley')).catch((error) => error);
      expect(fault).toMatchObject({ code: 'redis_unusable' });
      expect(fault.message).toMatch(/WRONGPASS/);
      expect(fault.message).not.toContain('barley');
    });
  });
});

it('comes back in growing pauses that are never alike and never longer than 2 s', () => {
  const pauses = Array.from({ length: 12 }, (_, attempt) => retryDelayMs(attempt, () => 1));
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(pauses.at(-1)).toBe(2_000);
  expect(retryDelayMs(3, () => 0)).toBeLessThan(retryDelayMs(3, () => 1));
});
