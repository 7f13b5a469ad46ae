import { beforeEach, expect, test } from 'vitest';
import { ShedRungs } from '../../transcoder/shed-rungs.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const MINUTE_MS = 60_000;
let clock: ManualClock;
let rungs: ShedRungs;

beforeEach(() => {
  clock = createManualClock();
  rungs = new ShedRungs(clock);
});

/** Minutes of peace until one more is tried. */
function waited(): number {
  for (let minutes = 1; minutes <= 100; minutes += 1) {
    clock.advance(MINUTE_MS);
    if (rungs.tryOneMore('unbroken')) return minutes;
  }
  throw new Error('never tried again');
}

test('without lag for five minutes the rung that went last comes back', () => {
  rungs.shed('720p');
  rungs.shed('480p');
  expect(waited()).toBe(5);
  expect(rungs.names).toEqual(['720p']);
  expect(waited()).toBe(5);
  expect(rungs.names).toEqual([]);
});

test('nothing is tried when nothing was shed', () => {
  clock.advance(60 * MINUTE_MS);
  expect(rungs.tryOneMore('unbroken')).toBe(false);
});

test('each failure doubles the wait', () => {
  rungs.shed('720p');
  const waits = [1, 2, 3].map(() => {
    const minutes = waited();
    clock.advance(10_000);
    rungs.shed('720p');
    return minutes;
  });
  expect([...waits, waited()]).toEqual([5, 10, 20, 40]);
});

test('one that held for as long as it was waited for has not failed', () => {
  rungs.shed('720p');
  expect(waited()).toBe(5);
  rungs.shed('720p');
  expect(waited()).toBe(10);
  clock.advance(10 * MINUTE_MS);
  rungs.shed('720p');
  expect(waited()).toBe(5);
});

test('trouble begins the wait anew', () => {
  rungs.shed('720p');
  clock.advance(4 * MINUTE_MS);
  rungs.noteTrouble();
  expect(waited()).toBe(5);
});

test('a new source tries after a minute', () => {
  rungs.shed('720p');
  expect(rungs.tryOneMore('new source')).toBe(false);
  clock.advance(MINUTE_MS);
  expect(rungs.tryOneMore('new source')).toBe(true);
  expect(rungs.names).toEqual([]);
});
