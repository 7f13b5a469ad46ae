import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createFactReplay } from '../../platform/fact-replay.ts';
import { eventually } from '../support/eventually.ts';
import { installation, log, type Node, source, topics } from './support/installation.ts';

const { join } = installation();

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
    await eventually(() => expect(two.heard.length).toBe(4));
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
