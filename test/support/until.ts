import { vi } from 'vitest';

/** Waits until it no longer throws: what is waited for may be slow on a busy machine. */
export const until = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 10 });
