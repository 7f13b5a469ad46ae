import { median } from './statistics.ts';

/** One look at a long run; `minute` since its start. */
export interface Sample {
  minute: number;
  value: number;
}

/**
 * How a value grew over a run, from the medians of its first and last fifth, so that a moment's
 * peak says nothing. Null: fewer than ten samples.
 */
export function growthOf(
  samples: Sample[],
): { first: number; last: number; perMinute: number } | null {
  if (samples.length < 10) return null;
  const fifth = Math.floor(samples.length / 5);
  const start = samples.slice(0, fifth);
  const end = samples.slice(-fifth);
  const first = median(start.map((sample) => sample.value)) ?? 0;
  const last = median(end.map((sample) => sample.value)) ?? 0;
  const minutes =
    (median(end.map((sample) => sample.minute)) ?? 0) -
    (median(start.map((sample) => sample.minute)) ?? 0);
  return { first, last, perMinute: minutes === 0 ? 0 : (last - first) / minutes };
}
