import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchLostStreams } from '../../platform/lost-streams.ts';
import { eventually } from '../support/eventually.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { installation, log, type Node, source, topics } from './support/installation.ts';

const { join, server } = installation();

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
    await eventually(() => expect(topics(two)).toEqual(['stream:interrupted']));
    await pass(40);
    expect(await one.directory.byChannel('live')).toBeNull();
    await eventually(() => expect(topics(two)).toEqual(['stream:interrupted', 'stream:ended']));
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
    await server().kill9();
    await expect.poll(() => one.redis.readiness()).toBe('reconnecting');
    clock.advance(2_000);
    await looked();
    clock.advance(120_000);
    await server().restart();
    await expect.poll(() => one.redis.readiness() + two.redis.readiness()).toBe('okok');
    await pass(4);
    expect(await one.directory.renewLease('live', 'a')).toBe(true);
    await pass(20);
    expect(await one.directory.byChannel('live')).toMatchObject({ state: 'live' });
  });
});
