import { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RedisHandles } from '../../platform/redis.ts';
import { eventually } from '../support/eventually.ts';
import { startRedisCluster, type TestRedisCluster } from '../support/redis.ts';
import { listen, redisOpener } from './support/redis-handles.ts';

const open = redisOpener();

describe('a cluster', () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ appendOnly: 'always' });
  });
  afterAll(() => cluster.stop());

  const names = Array.from({ length: 30 }, (_, index) => `channel-${index}`);
  const shardedSubscribers = async (handles: RedisHandles, name: string): Promise<number> => {
    const nodes = handles.commands instanceof Cluster ? handles.commands.nodes('master') : [];
    const answers = nodes.map((node) => node.call('PUBSUB', 'SHARDNUMSUB', name));
    return (await Promise.all(answers)).reduce<number>(
      (sum, answer) => sum + Number((answer as unknown[])[1]),
      0,
    );
  };

  it('is recognised, and carries channels as sharded Pub/Sub on all its nodes', async () => {
    const [one, two] = [await open(cluster.url), await open(cluster.nodes[2]?.url ?? '')];
    expect(one).toMatchObject({ isCluster: true, publishCommand: 'SPUBLISH' });
    const heard = names.flatMap((name) => [
      listen(one, name),
      listen(two, name),
      listen(two, name),
    ]);
    await Promise.all(heard.map(({ confirmed }) => confirmed));
    await Promise.all(names.map((name) => two.publishChannel(name, `in ${name}`)));
    const expected = names.flatMap((name) => Array.from({ length: 3 }, () => [`in ${name}`]));
    await eventually(() => expect(heard.map((each) => each.heard)).toEqual(expected));
  });

  it('brings channels back after one of its nodes was killed, and tells who must catch up', async () => {
    const handles = await open(cluster.url);
    const channels = names.map((name) => listen(handles, name));
    await Promise.all(channels.map(({ confirmed }) => confirmed));
    const reconnected = vi.fn();
    handles.onReconnect(reconnected);
    await cluster.nodes[1]?.kill9();
    await cluster.nodes[1]?.restart();
    await eventually(() => expect(reconnected).toHaveBeenCalled());
    await eventually(() => expect(handles.readiness()).toBe('ok'));
    await eventually(async () => {
      await Promise.all(names.map((name) => handles.publishChannel(name, 'back')));
      expect(channels.every(({ heard }) => heard.includes('back'))).toBe(true);
    });
  });

  it('subscribes a channel once, at one node, and leaves it with its last listener', async () => {
    const handles = await open(cluster.url);
    const [first, second] = [listen(handles, 'room'), listen(handles, 'room')];
    await first.confirmed;
    expect(await shardedSubscribers(handles, 'room')).toBe(1);
    first.end();
    await handles.publishChannel('room', 'still here');
    await eventually(() => expect(second.heard).toEqual(['still here']));
    second.end();
    await eventually(async () => expect(await shardedSubscribers(handles, 'room')).toBe(0));
  });
});
