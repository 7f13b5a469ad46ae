import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus } from '../../platform/bus.ts';
import { eventually } from '../support/eventually.ts';

/** What every bus keeps to, whatever carries it. */
export function busContract(name: string, create: () => Bus | Promise<Bus>): void {
  describe(`bus (${name})`, () => {
    let bus: Bus;
    beforeEach(async () => {
      bus = await create();
    });
    afterEach(() => bus.close());

    it('delivers a fact to every subscriber of its topic, in order', async () => {
      const heard: string[] = [];
      bus.subscribe('stream:ended', (fact) => heard.push(`one ${fact.streamId}`));
      bus.subscribe('stream:ended', (fact) => heard.push(`two ${fact.streamId}`));
      bus.publish('stream:ended', { channel: 'live', streamId: 's1', endedAt: 1 });
      bus.publish('stream:ended', { channel: 'live', streamId: 's2', endedAt: 2 });
      await eventually(() => expect(heard).toEqual(['one s1', 'two s1', 'one s2', 'two s2']));
    });

    it('does not deliver other topics', async () => {
      const ended = vi.fn();
      const reset = vi.fn();
      bus.subscribe('stream:ended', ended);
      bus.subscribe('channel:key-reset', reset);
      bus.publish('channel:key-reset', { channel: 'live' });
      await eventually(() => expect(reset).toHaveBeenCalledOnce());
      expect(ended).not.toHaveBeenCalled();
    });

    it('goes on with the others when a listener throws', async () => {
      const second = vi.fn();
      bus.subscribe('channel:key-reset', () => {
        throw new Error('a fault in a listener');
      });
      bus.subscribe('channel:key-reset', second);
      bus.publish('channel:key-reset', { channel: 'live' });
      await eventually(() => expect(second).toHaveBeenCalledWith({ channel: 'live' }));
    });

    it('delivers nothing after unsubscribing', async () => {
      const left = vi.fn();
      const stayed = vi.fn();
      const leave = bus.subscribe('channel:key-reset', left);
      bus.subscribe('channel:key-reset', stayed);
      leave();
      bus.publish('channel:key-reset', { channel: 'live' });
      await eventually(() => expect(stayed).toHaveBeenCalledOnce());
      expect(left).not.toHaveBeenCalled();
    });
  });
}
