import { describe, expect, it } from 'vitest';
import { metrics } from '../../platform/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { installation, topics } from './support/installation.ts';

const { join, server } = installation();

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
    await eventually(() => expect(all.map(({ heard }) => heard.length)).toEqual([2, 2, 2]));
    // A third one goes round after them: nothing came twice in between.
    three.bus.publish('stream:ended', { channel: 'live', streamId: 's3', endedAt: 3 });
    await eventually(() => expect(all.map(({ heard }) => heard.length)).toEqual([3, 3, 3]));
    expect(topics(two).sort()).toEqual(['stream:ended', 'stream:ended', 'stream:playable']);
  });

  it('keeps to its own process while Redis is away, throws nothing, counts what did not get out', async () => {
    const [one, two] = [await join(), await join()];
    await server().kill9();
    await expect.poll(() => one.bus.reachesAll()).toBe(false);
    const before = await droppedFacts('away');
    for (let each = 0; each < 50; each++) {
      one.bus.publish('stream:playable', { channel: 'live', streamId: `s${each}` });
    }
    expect(one.heard.length).toBe(50);
    await expect.poll(() => droppedFacts('away')).toBe(before + 50);
    await server().restart();
    await expect.poll(() => one.bus.reachesAll() && two.bus.reachesAll()).toBe(true);
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    await eventually(() => expect(topics(two)).toEqual(['stream:ended']));
  });

  it('lets no fact out that is too large', async () => {
    const [one, two] = [await join(), await join()];
    const before = await droppedFacts('too_large');
    one.bus.publish('stream:playable', { channel: 'x'.repeat(300_000), streamId: 's1' });
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    await eventually(() => expect(topics(two)).toEqual(['stream:ended']));
    expect(await droppedFacts('too_large')).toBe(before + 1);
  });

  it('bears what is no fact', async () => {
    const [one, two] = [await join(), await join()];
    for (const text of ['', 'null', '{', '[]', '{"from":1}']) {
      await one.redis.publishChannel(`${one.redis.prefix}bus`, text);
    }
    one.bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
    await eventually(() => expect(topics(two)).toEqual(['stream:ended']));
  });
});
