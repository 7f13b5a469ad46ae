import { vi } from 'vitest';

/** Resolves as soon as `check` does not throw; what is waited for may be slow on a busy machine. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });
