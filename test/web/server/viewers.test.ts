import { expect, test } from 'vitest';
import { createViewers } from '../../../web/server/viewers.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const setUp = () => {
  const clock = createManualClock();
  return { clock, viewers: createViewers({ clock, lingerMs: 4_000 }) };
};

test('a count rises with the open players at once', () => {
  const { viewers } = setUp();
  viewers.open('alpha');
  viewers.open('alpha');
  viewers.open('beta');
  expect(viewers.of('alpha')).toBe(2);
  expect(viewers.of('beta')).toBe(1);
  expect(viewers.of('nobody')).toBe(0);
});

test('a count falls only after the linger', () => {
  const { clock, viewers } = setUp();
  const leave = viewers.open('alpha');
  leave();
  clock.advance(3_999);
  expect(viewers.of('alpha')).toBe(1);
  clock.advance(1);
  expect(viewers.of('alpha')).toBe(0);
});

test('a player that reconnects within the linger changes nothing', () => {
  const { clock, viewers } = setUp();
  const leave = viewers.open('alpha');
  viewers.takeChanged();
  leave();
  clock.advance(1_000);
  viewers.open('alpha');
  expect(viewers.of('alpha')).toBe(1);
  clock.advance(10_000);
  expect(viewers.of('alpha')).toBe(1);
  expect(viewers.takeChanged()).toEqual([]);
});

test('leaving twice counts once', () => {
  const { clock, viewers } = setUp();
  viewers.open('alpha');
  const leave = viewers.open('alpha');
  leave();
  leave();
  clock.advance(4_000);
  expect(viewers.of('alpha')).toBe(1);
});

test('when some leave and fewer come, the count ends at who is there', () => {
  const { clock, viewers } = setUp();
  const leaves = Array.from({ length: 10 }, () => viewers.open('alpha'));
  for (const leave of leaves.slice(0, 3)) leave();
  clock.advance(2_000);
  viewers.open('alpha');
  expect(viewers.of('alpha')).toBe(10);
  clock.advance(4_000);
  expect(viewers.of('alpha')).toBe(8);
});

test('changed channels are told once', () => {
  const { viewers } = setUp();
  viewers.open('alpha');
  viewers.open('alpha');
  expect(viewers.takeChanged()).toEqual(['alpha']);
  expect(viewers.takeChanged()).toEqual([]);
});
