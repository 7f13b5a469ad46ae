import type { Clock } from '../../platform/clock.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Runs every timer that falls due on the way, in order. */
  advance(ms: number): void;
}

export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  const timers = new Set<{ due: number; every: number | null; callback: () => void }>();
  let now = startMs;
  const add = (ms: number, every: number | null, callback: () => void) => {
    const timer = { due: now + ms, every, callback };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => now,
    after: (ms, callback) => add(ms, null, callback),
    every: (ms, callback) => add(ms, ms, callback),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter((one) => one.due <= end).sort((a, b) => a.due - b.due);
        if (next === undefined) break;
        now = next.due;
        if (next.every === null) timers.delete(next);
        else next.due += next.every;
        next.callback();
      }
      now = end;
    },
  };
}
