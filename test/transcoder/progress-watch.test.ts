import { describe, expect, test } from 'vitest';
import { ProgressWatch, type Verdict } from '../../transcoder/progress-watch.ts';

type Time = (ms: number) => number | null;

/** Observes each half second; `feed` and `out` give media ms at a time since the start. */
function watch(seconds: number, feed: Time, out: Time[]): { at: number; verdict: Verdict } | null {
  const watched = new ProgressWatch(0);
  for (let now = 0; now <= seconds * 1000; now += 500) {
    const renditions = out.map((of) => ({ fedMs: feed(now), outMs: of(now) }));
    const verdict = watched.observe(now, renditions);
    if (verdict !== 'fine') return { at: now, verdict };
  }
  return null;
}
const live = (ms: number) => 10_000 + ms;

describe('hung', () => {
  test('a rendition that stands still for five seconds while media comes in', () => {
    const stuck = (ms: number) => live(Math.min(ms, 3000));
    const found = watch(20, live, [live, stuck]);
    expect(found?.verdict).toBe('hung');
    expect(found?.at).toBeGreaterThanOrEqual(8000);
    expect(found?.at).toBeLessThanOrEqual(9000);
  });
  test('one that never gave anything', () => {
    expect(watch(20, live, [() => null])).toMatchObject({ verdict: 'hung' });
  });
  test('not one that has nothing to read', () => {
    const still = (ms: number) => live(Math.min(ms, 3000));
    expect(watch(60, still, [still])).toBeNull();
    expect(watch(60, () => null, [() => null])).toBeNull();
  });
  test('not one whose encoder comes back after a gap', () => {
    const gap = (ms: number) => live(ms > 3000 && ms < 15_000 ? 3000 : ms);
    expect(watch(30, gap, [gap])).toBeNull();
  });
  test('not one whose track pauses with frames in the decoder, nor when it goes on', () => {
    const paused = (ms: number) => live(ms > 3000 && ms < 15_000 ? 3000 : ms);
    const held = (ms: number) => Math.max(10_000, paused(ms === 15_000 ? ms - 500 : ms) - 350);
    expect(watch(30, paused, [held])).toBeNull();
  });
});

describe('behind', () => {
  const late = (lagMs: number) => (ms: number) => Math.max(10_000, live(ms) - lagMs);

  test('a lag that stays above 400 ms for two seconds', () => {
    const slow = (ms: number) => (ms < 10_000 ? live(ms) : live(ms) - (ms - 10_000) * 0.3);
    const found = watch(30, live, [live, slow]);
    expect(found?.verdict).toBe('behind');
    expect(found?.at).toBeGreaterThan(11_000);
    expect(found?.at).toBeLessThan(15_000);
  });
  test('not below 400 ms', () => {
    expect(watch(60, live, [late(390)])).toBeNull();
  });
  test('not while a new run catches up', () => {
    const catchingUp = (ms: number) => Math.min(live(ms), live(ms) - 4000 + ms * 0.7);
    expect(watch(30, live, [catchingUp])).toBeNull();
  });
  test('a run that never catches up is, once its start-up is over', () => {
    const found = watch(30, live, [late(2000)]);
    expect(found).toMatchObject({ verdict: 'behind' });
    expect(found?.at).toBeLessThan(12_000);
  });
  test('a new run that only loses ground is, before its start-up is over', () => {
    const losing = (ms: number) => (ms < 1000 ? null : live(ms) - 1500 - (ms - 1000) * 0.3);
    const found = watch(30, live, [live, losing]);
    expect(found).toEqual({ at: 4000, verdict: 'behind' });
  });
  test('not a new run that loses ground for a moment', () => {
    const slowAtFirst = (ms: number) =>
      live(ms) - Math.max(0, ms < 2500 ? 1500 + ms * 0.3 : 2250 - (ms - 2500) * 0.5);
    expect(watch(30, live, [slowAtFirst])).toBeNull();
  });
  test('not for one burst that is worked off', () => {
    const burst = (ms: number) => live(ms > 10_000 ? ms + 5000 : ms);
    const working = (ms: number) =>
      ms > 10_000 ? Math.min(burst(ms), live(ms) + (ms - 10_000) * 0.9) : live(ms);
    expect(watch(30, burst, [working])).toBeNull();
  });
});
