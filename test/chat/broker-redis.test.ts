import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Broker } from '../../chat/log/broker.ts';
import { openRedisBroker } from '../../chat/log/broker-redis.ts';
import { channelKeys } from '../../chat/log/redis-keys.ts';
import { publishScript } from '../../chat/log/redis-log-scripts.ts';
import { toRecord } from '../../chat/log/redis-record.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import { listen, offsets } from '../contract/broker.contract.ts';
import { draftOf } from '../support/chat-drafts.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const log = createLog('silent');
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('nodes on one Redis', () => {
  let server: TestRedis;
  let nodes: { broker: Broker; redis: RedisHandles }[];
  let channel: string;
  beforeAll(async () => {
    server = await startRedis({ appendOnly: 'always' });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    channel = `c${Math.random().toString(36).slice(2)}`;
    nodes = [await open(), await open()];
  });
  afterEach(async () => {
    for (const { broker, redis } of nodes) {
      await broker.close();
      await redis.close();
    }
  });

  async function open(answerMs = 40_000) {
    const redis = await openRedis({ url: server.url, clock: systemClock, log });
    return { redis, broker: await openRedisBroker({ redis, clock: systemClock, log, answerMs }) };
  }
  const node = (index: number): Broker => {
    const one = nodes[index];
    if (one === undefined) throw new Error('no such node');
    return one.broker;
  };
  const store = (): RedisHandles['commands'] => {
    const one = nodes[0];
    if (one === undefined) throw new Error('no node');
    return one.redis.commands;
  };
  const keys = () => channelKeys('footlight:', channel);
  const publishAll = (broker: Broker, count: number) =>
    Promise.all(Array.from({ length: count }, () => broker.publish(channel, draftOf())));

  it('hear the same in the same order, whoever published it', async () => {
    const heard = await Promise.all(nodes.map(({ broker }) => listen(broker, channel)));
    await Promise.all(nodes.map(({ broker }) => publishAll(broker, 200)));
    for (const { entries } of heard) {
      await until(() => expect(offsets(entries)).toEqual(upTo(400)));
    }
    const ids = heard.map(({ entries }) => entries.map((entry) => entry.id));
    expect(ids[0]).toEqual(ids[1]);
  });

  it('know what a client sent through another one', async () => {
    const first = await node(0).publish(channel, draftOf({ clientId: 'same' }));
    const again = await node(1).publish(channel, draftOf({ clientId: 'same' }));
    expect(again).toEqual({ ...first, repeated: true });
  });

  it('answer from the log for a position that they have not heard of yet', async () => {
    const heard = await listen(node(1), channel);
    const { offset } = await node(0).publish(channel, draftOf());
    const after = { ...heard.position, offset };
    const slice = await node(1).read(channel, { after, limit: 10 });
    expect(slice).toMatchObject({ resumed: true, entries: [], offset });
  });

  it('subscribe a channel once, and leave it with the last listener', async () => {
    const count = async () =>
      Number(((await store().call('PUBSUB', 'NUMSUB', keys().push)) as unknown[])[1]);
    const heard = await Promise.all([1, 2, 3].map(() => listen(node(0), channel)));
    expect(await count()).toBe(1);
    for (const { close } of heard) close();
    await until(async () => expect(await count()).toBe(0));
  });

  it('fill the gap when pushes were lost with the connection', async () => {
    const heard = await listen(node(0), channel);
    await publishAll(node(1), 3);
    await until(() => expect(heard.entries).toHaveLength(3));
    nodes[0]?.redis.subscriber.disconnect(true);
    await publishAll(node(1), 5);
    await until(() => expect(offsets(heard.entries)).toEqual(upTo(8)));
    expect(heard.resets).toEqual([]);
  });

  it('fill the gap when a push was lost without a word, at the next one or by themselves', async () => {
    const heard = await listen(node(0), channel);
    await publishUnheard(2);
    await publishAll(node(1), 1);
    await until(() => expect(offsets(heard.entries)).toEqual(upTo(3)));
    await publishUnheard(2);
    await until(() => expect(offsets(heard.entries)).toEqual(upTo(5)));
  });

  /** As if what Redis pushed had never arrived. */
  async function publishUnheard(count: number): Promise<void> {
    await publishScript.load(store());
    const { head, log, outbox, push, seen } = keys();
    for (const draft of Array.from({ length: count }, () => draftOf())) {
      await publishScript.run(store(), {
        keys: [head, log, outbox, seen('', draft.id)],
        args: ['', channel, toRecord(draft), draft.id, draft.at, 0, 60, 'PUBLISH', `not ${push}`],
      });
    }
  }

  it('go on without a gap, a repetition or a refusal when Redis was killed and came back', async () => {
    const heard = await Promise.all(nodes.map(({ broker }) => listen(broker, channel)));
    await publishAll(node(0), 10);
    await server.kill9();
    const published = [publishAll(node(0), 5), publishAll(node(1), 5)];
    await server.restart();
    await Promise.all(published);
    for (const { entries, resets } of heard) {
      await until(() => expect(offsets(entries)).toEqual(upTo(20)));
      expect(resets).toEqual([]);
    }
  });

  it('refuse, retryably, what Redis does not answer in time', async () => {
    const hurried = await open(150);
    nodes.push(hurried);
    server.freeze();
    const refused = hurried.broker.publish(channel, draftOf({ clientId: 'x' }));
    await expect(refused).rejects.toMatchObject({ code: 'chat_unavailable', retryable: true });
    server.resume();
    await hurried.broker.publish(channel, draftOf({ clientId: 'x' }));
    const { entries } = await node(0).read(channel, { after: null, limit: 10 });
    expect(entries).toHaveLength(1);
  });

  it('say that a channel begins anew when Redis has lost everything', async () => {
    const heard = await Promise.all(nodes.map(({ broker }) => listen(broker, channel)));
    await publishAll(node(0), 3);
    await store().flushall();
    await publishAll(node(0), 2);
    for (const { entries, resets, position } of heard) {
      await until(() => expect(resets.length).toBeGreaterThan(0));
      expect(resets.at(-1)?.epoch).not.toBe(position.epoch);
      const { offset = 0 } = resets.at(-1) ?? {};
      const later = () => entries.slice(3).map((entry) => entry.offset);
      await until(() => expect(offset + later().length).toBe(2));
    }
    const slice = await node(1).read(channel, { after: null, limit: 10 });
    expect(offsets(slice.entries)).toEqual([1, 2]);
  });

  it('begin anew when Redis has lost the end of a log, though it is as long again', async () => {
    const heard = await listen(node(0), channel);
    await publishAll(node(1), 5);
    await until(() => expect(heard.entries).toHaveLength(5));
    // As after a power cut: the newest two are gone, and others were written before we came back.
    await store().del(keys().log);
    for (const offset of [4, 5, 6]) {
      const record = `["message","other${offset}","u1",1]\n{"id":"other${offset}"}`;
      const fields = ['e', heard.position.epoch, 't', '1', 'i', `other${offset}`, 'r', record];
      await store().xadd(keys().log, `${offset}-0`, ...fields);
    }
    await store().hset(keys().head, 'offset', 6);
    nodes[0]?.redis.subscriber.disconnect(true);
    await until(() => expect(heard.resets).toHaveLength(1));
    expect(heard.resets[0]).toMatchObject({ offset: 6 });
    expect(heard.resets[0]?.epoch).not.toBe(heard.position.epoch);
    await publishAll(node(1), 1);
    await until(() => expect(heard.entries.at(-1)?.offset).toBe(7));
  });

  it('keep the newest 1,250 entries of a log, and the others for an hour', async () => {
    const hour = 3_600_000;
    const publishAt = (count: number, at: number) =>
      Promise.all(Array.from({ length: count }, () => node(0).publish(channel, draftOf({ at }))));
    await publishAt(1_000, 0);
    await publishAt(1_000, hour / 2);
    expect(await store().xlen(keys().log)).toBe(2_000);
    await publishAt(640, hour + 1);
    const length = await store().xlen(keys().log);
    expect(length).toBeLessThanOrEqual(1_700);
    expect(length).toBeGreaterThanOrEqual(1_640);
  });
});
