import { describe, expect, test } from 'vitest';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { applyEvent } from '../../../web/client/channels/channel-facts.ts';
import { formatViewers } from '../../../web/client/format/numbers.ts';
import { formatAgo, formatUptime } from '../../../web/client/format/time.ts';
import { matchRoute } from '../../../web/client/router/routes.ts';
import { liveChannel, offlineChannel } from '../support/fixture-channels.ts';

const EMPTY_HOUSE: ServerEvent = { type: 'snapshot', data: { live: [], viewers: [] } };

test.each([
  ['/', { name: 'home' }],
  ['/Kitchen_Table', { name: 'watch', channel: 'kitchen_table' }],
  ['/kitchen_table/', { name: 'watch', channel: 'kitchen_table' }],
  ['/embed/kitchen_table', { name: 'embed', channel: 'kitchen_table' }],
  ['/embed/no', { name: 'not-found' }],
  ['/ab', { name: 'not-found' }],
  ['/kitchen%20table', { name: 'not-found' }],
  ['/Kitchen_Table/chat', { name: 'chat', channel: 'kitchen_table' }],
  ['/kitchen_table/chat/more', { name: 'not-found' }],
  ['/embed/kitchen_table/more', { name: 'not-found' }],
])('%s leads to %j', (path, route) => {
  expect(matchRoute(path)).toEqual(route);
});

test.each([
  [0, '0:00'],
  [65_000, '1:05'],
  [3_725_000, '1:02:05'],
  [-5_000, '0:00'],
])('%i ms of uptime read %s', (ms, words) => {
  expect(formatUptime(ms)).toBe(words);
});

test.each([
  [20_000, 'just now'],
  [3 * 60_000, '3 minutes ago'],
  [26 * 3_600_000, 'yesterday'],
])('%i ms ago reads %s', (ms, words) => {
  expect(formatAgo(1_000_000_000_000 - ms, 1_000_000_000_000)).toBe(words);
});

test('viewers are counted in words', () => {
  expect([0, 1, 1284].map(formatViewers)).toEqual(['0 viewers', '1 viewer', '1.3K viewers']);
});

describe('an event changes a channel', () => {
  const live = liveChannel('kitchen_table');

  test('only when it is about that channel', () => {
    const event = { type: 'viewers', data: { channel: 'other_one', viewers: 9 } } as const;
    expect(applyEvent(live, event)).toBe(live);
  });

  test('an interruption keeps it live', () => {
    const data = {
      channel: live.channel,
      streamId: live.streamId ?? '',
      reason: 'lost',
      graceEndsAt: 5,
    } as const;
    const changed = applyEvent(live, { type: 'stream.interrupted', data });
    expect(changed).toMatchObject({ live: true, interrupted: true, graceEndsAt: 5 });
  });

  test('the end of an older stream does not end the newer one', () => {
    const data = { channel: live.channel, streamId: 'older', endedAt: 5 };
    expect(applyEvent(live, { type: 'stream.offline', data })).toBe(live);
  });

  test('a snapshot without it means that it is over', () => {
    expect(applyEvent(live, EMPTY_HOUSE).live).toBe(false);
  });

  test('a snapshot without it leaves one that is starting as it is', () => {
    const starting = offlineChannel('kitchen_table', { state: 'starting' });
    expect(applyEvent(starting, EMPTY_HOUSE).state).toBe('starting');
  });
});
