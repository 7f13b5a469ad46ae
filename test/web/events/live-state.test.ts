import { expect, test } from 'vitest';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { applyEvent, emptyLiveState, snapshotOf } from '../../../web/client/events/live-state.ts';

const after = (...events: ServerEvent[]) => {
  const state = emptyLiveState();
  for (const event of events) applyEvent(state, event);
  return snapshotOf(state);
};
const stream = { channel: 'alpha', title: 'A', streamId: 's1', startedAt: 1 };
const live = (fields = {}): ServerEvent => ({
  type: 'stream.live',
  data: { ...stream, returned: false, ...fields },
});
const offline = (streamId: string): ServerEvent => ({
  type: 'stream.offline',
  data: { channel: 'alpha', streamId, endedAt: 9 },
});
const interrupted = (streamId: string): ServerEvent => ({
  type: 'stream.interrupted',
  data: { channel: 'alpha', streamId, reason: 'lost', graceEndsAt: 7 },
});
const viewers = (count: number): ServerEvent => ({
  type: 'viewers',
  data: { channel: 'alpha', viewers: count },
});
const asLive = { ...stream, interrupted: false, graceEndsAt: null, viewers: 0 };

test('a stream is there from its start to its end', () => {
  expect(after(live()).live).toEqual([asLive]);
  expect(after(live(), offline('s1')).live).toEqual([]);
});

test('the end or interruption of an older stream changes nothing', () => {
  expect(after(live(), offline('s0'), interrupted('s0')).live).toEqual([asLive]);
});

test('an interrupted stream that returns is no longer interrupted', () => {
  expect(after(live(), interrupted('s1')).live).toEqual([
    { ...asLive, interrupted: true, graceEndsAt: 7 },
  ]);
  expect(after(live(), interrupted('s1'), live({ returned: true })).live).toEqual([asLive]);
});

test('viewers are kept of channels that are not live, and meet the stream when it starts', () => {
  expect(after(viewers(3))).toEqual({ live: [], viewers: [{ channel: 'alpha', viewers: 3 }] });
  expect(after(viewers(3), live()).live).toEqual([{ ...asLive, viewers: 3 }]);
  expect(after(live(), viewers(4)).live).toEqual([{ ...asLive, viewers: 4 }]);
});

test('a snapshot replaces all that was known', () => {
  const empty: ServerEvent = { type: 'snapshot', data: { live: [], viewers: [] } };
  expect(after(live(), viewers(3), empty)).toEqual({ live: [], viewers: [] });
});
