const DELAYS_MS = [100, 500, 1000, 2000, 5000, 10_000];
/** A run that lived so long was sound; the next fault begins anew. */
export const SOUND_RUN_MS = 60_000;

/** Milliseconds to wait before the next start, after `failures` of them in a row. */
export const backoffMs = (failures: number): number =>
  DELAYS_MS[Math.min(Math.max(failures, 1), DELAYS_MS.length) - 1] ?? 10_000;
