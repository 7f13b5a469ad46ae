import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusFacts, BusTopic } from '../../platform/bus.ts';
import { createRedisBus, type RedisBus } from '../../platform/bus-redis.ts';
import { type Clock, randomId, systemClock } from '../../platform/clock.ts';
import { createRedisDirectory, type RedisDirectory } from '../../platform/directory-redis.ts';
import { createFactReplay } from '../../platform/fact-replay.ts';
import { createLog } from '../../platform/log.ts';
import { watchLostStreams } from '../../platform/lost-streams.ts';
import { metrics } from '../../platform/metrics.ts';
import { openRedis, type RedisHandles } from '../../platform/redis.ts';
import type { Source } from '../../platform/stream.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const log = createLog('silent');
const source: Source = {
  id: 'source-1',
  run: 1,
  url: 'http://10.0.0.1:1/source-1',
  video: null,
  audio: null,
  wallBaseMs: 0,
  firstMediaMs: 10_000,
};
const TOPICS = ['stream:live', 'stream:playable', 'stream:interrupted', 'stream:ended'] as const;

/** What a process of the installation has: handles, bus and directory of its own. */
interface Node {
  redis: RedisHandles;
  bus: RedisBus;
  directory: RedisDirectory;
  heard: { topic: BusTopic; fact: BusFacts[BusTopic] }[];
}

let server: TestRedis;
const nodes: Node[] = [];
beforeAll(async () => {
  server = await startRedis({ appendOnly: 'always' });
});
afterAll(() => server.stop());
afterEach(async () => {
  await nodes[0]?.redis.commands.flushall();
  for (const { redis, bus } of nodes.splice(0)) {
    await bus.close();
    await redis.close();
  }
});

async function join(clock: Clock = systemClock): Promise<Node> {
  const redis = await openRedis({ url: server.url, clock: systemClock, log });
  const bus = await createRedisBus({ redis, newId: randomId, log });
  const directory = createRedisDirectory({ redis, clock, newId: randomId });
  const node: Node = { redis, bus, directory, heard: [] };
  for (const topic of TOPICS) bus.subscribe(topic, (fact) => node.heard.push({ topic, fact }));
  nodes.push(node);
  return node;
}

const topics = ({ heard }: Node) => heard.map(({ topic }) => topic);
const droppedFacts = async (reason: string): Promise<number> => {
  const metric = await metrics.getSingleMetric('footlight_bus_dropped_facts_total')?.get();
  return metric?.values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
};

describe('the bus of several processes', () => {
  it('tells every process each fact exactly once, the one that publishes at once', async () => {
    const [one, two, three] = [await join(), await join(), await join()];
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    expect(topics(one)).toEqual(['stream:ended']);
    two.bus.publish('stream:playable', { channel: 'live', streamId: 's2' });
    const all = [one, two, three];
    await vi.waitFor(() => expect(all.map(({ heard }) => heard.length)).toEqual([2, 2, 2]));
    // A third one goes round after them: nothing came twice in between.
    three.bus.publish('stream:ended', { channel: 'live', streamId: 's3', endedAt: 3 });
    await vi.waitFor(() => expect(all.map(({ heard }) => heard.length)).toEqual([3, 3, 3]));
    expect(topics(two).sort()).toEqual(['stream:ended', 'stream:ended', 'stream:playable']);
  });

  it('keeps to its own process while Redis is away, throws nothing, counts what did not get out', async () => {
    const [one, two] = [await join(), await join()];
    await server.kill9();
    await expect.poll(() => one.bus.reachesAll()).toBe(false);
    const before = await droppedFacts('away');
    for (let each = 0; each < 50; each++) {
      one.bus.publish('stream:playable', { channel: 'live', streamId: `s${each}` });
    }
    expect(one.heard.length).toBe(50);
    await expect.poll(() => droppedFacts('away')).toBe(before + 50);
    await server.restart();
    await expect.poll(() => one.bus.reachesAll() && two.bus.reachesAll()).toBe(true);
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    await vi.waitFor(() => expect(topics(two)).toEqual(['stream:ended']));
  });

  it('lets no fact out that is too large', async () => {
    const [one, two] = [await join(), await join()];
    const before = await droppedFacts('too_large');
    one.bus.publish('stream:playable', { channel: 'x'.repeat(300_000), streamId: 's1' });
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    await vi.waitFor(() => expect(topics(two)).toEqual(['stream:ended']));
    expect(await droppedFacts('too_large')).toBe(before + 1);
  });

  it('bears what is no fact', async () => {
    const [one, two] = [await join(), await join()];
    for (const text of ['', 'null', '{', '[]', '{"from":1}']) {
      await one.redis.publishChannel(`${one.redis.prefix}bus`, text);
    }
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    await vi.waitFor(() => expect(topics(two)).toEqual(['stream:ended']));
  });
});

describe('the directory of several processes', () => {
  it('gives a channel to one of many that ask at the same time, and one stream to all', async () => {
    const [one, two] = [await join(), await join()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : two).directory.takeLease({
          channel: 'live',
          publisherId: `p${index}`,
          identity: `p${index}`,
        }),
      ),
    );
    const granted = answers.filter((answer) => answer.granted);
    expect(new Set(granted.map(({ streamId }) => streamId)).size).toBe(1);
    expect(granted.map(({ run }) => run).sort((a, b) => a - b)).toEqual(
      granted.map((_, index) => index + 1),
    );
    const evicted = granted.flatMap(({ evicted }) => evicted ?? []);
    expect(new Set(evicted).size).toBe(granted.length - 1);
  });

  it('loses no change of two processes that change one stream at the same time', async () => {
    const [one, two] = [await join(), await join()];
    const lease = await one.directory.takeLease({
      channel: 'live',
      publisherId: 'a',
      identity: 'a',
    });
    const streamId = lease.granted ? lease.streamId : '';
    const advice = { code: 'a', level: 'info', message: 'a' } as const;
    await Promise.all([
      ...Array.from({ length: 10 }, () => one.directory.renewLease('live', 'a')),
      two.directory.setPlayable(streamId),
      two.directory.setRenditions(streamId, [], [advice]),
      one.directory.setSource(streamId, source),
      one.directory.setPublisher(streamId, null, [advice]),
    ]);
    expect(await two.directory.byChannel('live')).toMatchObject({
      playable: true,
      source: { id: source.id },
      ingestAdvice: [advice],
      transcodeAdvice: [advice],
    });
  });
});

describe('a process that missed facts', () => {
  const begin = async (node: Node, channel: string) => {
    const request = { channel, publisherId: channel, identity: channel };
    const lease = await node.directory.takeLease(request);
    if (!lease.granted) throw new Error('the lease was refused');
    const { streamId, startedAt } = lease;
    await node.directory.setSource(streamId, source);
    node.bus.publish('stream:live', { channel, streamId, startedAt, source });
    await node.directory.setPlayable(streamId);
    node.bus.publish('stream:playable', { channel, streamId });
    return streamId;
  };

  it('hears after its start what is live, each fact once', async () => {
    const one = await join();
    await begin(one, 'live');
    const late = await join();
    const replay = createFactReplay({ ...late, clock: systemClock, log });
    await replay.catchUp();
    expect(topics(late)).toEqual(['stream:live', 'stream:playable']);
    await replay.catchUp();
    expect(late.heard.length).toBe(2);
    replay.stop();
  });

  it('looks after an outage whether the keys of live channels still hold', async () => {
    const [one, two] = [await join(), await join()];
    await begin(one, 'live');
    const checked = vi.fn();
    two.bus.subscribe('channel:key-reset', checked);
    const replay = createFactReplay({ ...two, clock: systemClock, log });
    await replay.catchUp();
    expect(checked).toHaveBeenCalledExactlyOnceWith({ channel: 'live' });
    replay.stop();
  });

  it('hears after an outage what began, was interrupted and ended in it', async () => {
    const [one, two] = [await join(), await join()];
    const replay = createFactReplay({ ...two, clock: systemClock, log });
    two.redis.onReconnect(() => void replay.catchUp());
    const [ended, interrupted] = [await begin(one, 'ended'), await begin(one, 'interrupted')];
    await vi.waitFor(() => expect(two.heard.length).toBe(4));
    two.heard.length = 0;
    // Away for the one that listens alone: its subscription is cut, and what is told meanwhile is lost.
    await two.directory.endStream(ended);
    await two.directory.releaseLease('interrupted', 'interrupted');
    await two.directory.setInterrupted(interrupted, 5_000);
    const fresh = await two.directory.takeLease({
      channel: 'fresh',
      publisherId: 'b',
      identity: 'b',
    });
    await two.directory.setSource(fresh.granted ? fresh.streamId : '', source);
    await two.redis.commands.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await expect.poll(() => two.heard.length).toBe(3);
    expect(topics(two).sort()).toEqual(['stream:ended', 'stream:interrupted', 'stream:live']);
    replay.stop();
  });
});

describe('the streams of an ingest node that died', () => {
  let clock: ManualClock;
  let one: Node;
  let two: Node;
  const lastLive = vi.fn();
  let watches: ReturnType<typeof watchLostStreams>[] = [];
  beforeEach(async () => {
    clock = createManualClock();
    [one, two] = [await join(clock), await join(clock)];
    lastLive.mockClear();
    watches = [one, two].map((node) => {
      const channels = { setLastLive: lastLive } as never;
      const config = { reconnectGraceMs: 10_000 };
      return watchLostStreams({ ...node, channels, config, clock, log });
    });
  });
  afterEach(async () => {
    for (const watch of watches) await watch.stop();
  });

  const begin = async () => {
    const lease = await one.directory.takeLease({
      channel: 'live',
      publisherId: 'a',
      identity: 'a',
    });
    return lease.granted ? lease.streamId : '';
  };
  const looked = () => Promise.all(watches.map((watch) => watch.look()));
  /** Looks of both nodes, each to its end. */
  const pass = async (seconds: number, each = async () => {}) => {
    for (let second = 0; second < seconds; second += 2) {
      clock.advance(2_000);
      await each();
      await looked();
    }
  };

  it('wait for the encoder as after any loss, and end when the grace is over', async () => {
    const streamId = await begin();
    await one.directory.setSource(streamId, source);
    await pass(40);
    expect(await one.directory.byChannel('live')).toMatchObject({ state: 'interrupted' });
    await vi.waitFor(() => expect(topics(two)).toEqual(['stream:interrupted']));
    await pass(40);
    expect(await one.directory.byChannel('live')).toBeNull();
    await vi.waitFor(() => expect(topics(two)).toEqual(['stream:interrupted', 'stream:ended']));
    expect(topics(one)).toEqual(['stream:interrupted', 'stream:ended']);
    expect(lastLive).toHaveBeenCalledOnce();
  });

  it('that showed nothing yet are forgotten without a word', async () => {
    await begin();
    await pass(40);
    expect(await one.directory.byChannel('live')).toBeNull();
    expect([...topics(one), ...topics(two)]).toEqual([]);
  });

  it('are let alone as long as somebody sends', async () => {
    const streamId = await begin();
    await one.directory.setSource(streamId, source);
    await pass(80, async () => {
      expect(await one.directory.renewLease('live', 'a')).toBe(true);
    });
    expect(await one.directory.byChannel('live')).toMatchObject({ state: 'live' });
    expect(topics(one)).toEqual([]);
  });

  it('seem not lost after an outage of Redis, however long', async () => {
    const streamId = await begin();
    await one.directory.setSource(streamId, source);
    await pass(20);
    await server.kill9();
    await expect.poll(() => one.redis.readiness()).toBe('reconnecting');
    clock.advance(2_000);
    await looked();
    clock.advance(120_000);
    await server.restart();
    await expect.poll(() => one.redis.readiness() + two.redis.readiness()).toBe('okok');
    await pass(4);
    expect(await one.directory.renewLease('live', 'a')).toBe(true);
    await pass(20);
    expect(await one.directory.byChannel('live')).toMatchObject({ state: 'live' });
  });
});
