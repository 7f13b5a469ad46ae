import { beforeEach, describe, expect, it } from 'vitest';
import { networkOf } from '../../chat/sockets/address-places.ts';
import { type Flushable, Pacer } from '../../chat/sockets/pacer.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let pacer: Pacer;
const flushedAt: { slot: number; at: number }[] = [];
const slots: Flushable[] = Array.from({ length: 10 }, (_, slot) => ({
  phase: slot / 10,
  size: 250,
  flush: () => void flushedAt.push({ slot, at: clock.now() }),
}));
beforeEach(() => {
  clock = createManualClock();
  pacer = new Pacer(clock);
  flushedAt.length = 0;
});

describe('a quiet node', () => {
  it('writes at once', () => {
    pacer.resize(1_000);
    pacer.expect(1_000);
    pacer.wake(slots);
    expect(flushedAt).toHaveLength(10);
  });
});

describe('a busy node', () => {
  beforeEach(() => {
    pacer.resize(10_000);
    for (let n = 0; n < 10; n++) pacer.expect(10_000);
  });

  it('gathers for at most 200 ms, and writes to each slot once, at its own time', () => {
    expect(pacer.windowMs).toBe(200);
    const start = clock.now();
    for (let n = 0; n < 5; n++) pacer.wake(slots);
    expect(flushedAt).toEqual([]);
    clock.advance(210);
    expect(flushedAt.map(({ slot }) => slot).sort()).toEqual(slots.map((_, slot) => slot));
    expect(new Set(flushedAt.map(({ at }) => at)).size).toBe(10);
    for (const { at } of flushedAt) expect(at - start).toBeLessThanOrEqual(205);
  });

  it('is quiet again when nothing was wanted for a second', () => {
    clock.advance(1_300);
    expect(pacer.windowMs).toBe(0);
  });

  it('gathers less where there are fewer sockets', () => {
    pacer.resize(-8_000);
    expect(pacer.windowMs).toBe(100);
  });

  it('does not write to a slot that is forgotten', () => {
    pacer.wake(slots);
    for (const slot of slots.slice(1)) pacer.forget(slot);
    clock.advance(300);
    expect(flushedAt.map(({ slot }) => slot)).toEqual([0]);
  });
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:0db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('of %s the network is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
