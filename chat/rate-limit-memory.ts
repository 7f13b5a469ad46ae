import type { Clock } from '../platform/clock.ts';
import type { RateLimit, Taken } from './rate-limit.ts';

/** Keys that are counted at most; beyond it the one unused longest is forgotten. */
const MOST_KEYS = 100_000;

interface Uses {
  /** Wall ms, oldest first; as many as the limit at most. */
  at: number[];
}

/** Sliding windows in this process. */
export function createMemoryRateLimit(options: { clock: Clock }): RateLimit {
  // A Map keeps its order of insertion: what is used is put at the end.
  const byKey = new Map<string, Uses>();

  const usesOf = (key: string): Uses => {
    const uses = byKey.get(key) ?? { at: [] };
    byKey.delete(key);
    byKey.set(key, uses);
    const [oldest] = byKey.keys();
    if (byKey.size > MOST_KEYS && oldest !== undefined) byKey.delete(oldest);
    return uses;
  };

  return {
    async take(key, { most, windowMs }): Promise<Taken> {
      const now = options.clock.now();
      const uses = usesOf(key);
      const since = now - windowMs;
      const firstInside = uses.at.findIndex((at) => at > since);
      uses.at.splice(0, firstInside === -1 ? uses.at.length : firstInside);
      if (uses.at.length < most) {
        uses.at.push(now);
        return { granted: true };
      }
      const frees = uses.at[uses.at.length - most] ?? now;
      return { granted: false, retryAfterMs: Math.max(1, frees + windowMs - now) };
    },
    async close() {
      byKey.clear();
    },
  };
}
