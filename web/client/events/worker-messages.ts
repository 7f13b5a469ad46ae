import type { Wish } from './wishes.ts';

/** Said by every tab to the shared worker; each carries the whole wish, so none can be missed. */
export type ToWorker =
  | { kind: 'wish' | 'wake'; wish: Wish; fresh: boolean }
  /** The tab closes, or goes into the back/forward cache. */
  | { kind: 'leave' };

/** A tab repeats its wish this often. */
export const TAB_REPEATS_EVERY_MS = 20_000;
/** Timers of a hidden tab run once a minute; a tab silent for longer was frozen or crashed. */
export const TAB_GONE_AFTER_MS = 90_000;
