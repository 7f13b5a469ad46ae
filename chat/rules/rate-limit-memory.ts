import type { Clock } from '../../platform/clock.ts';
import type { RateLimit, Taken } from './rate-limit.ts';

/** Keys that are counted at most; beyond it the one unused longest is forgotten. */
const MOST_KEYS = 100_000;

interface Use {
  /** Wall ms. */
  at: number;
  name: string | undefined;
}

/** Sliding windows in this process. */
export function createMemoryRateLimit(options: { clock: Clock }): RateLimit {
  // A Map keeps its order of insertion: what is used is put at the end. Oldest use first.
  const byKey = new Map<string, Use[]>();

  const usesOf = (key: string): Use[] => {
    const uses = byKey.get(key) ?? [];
    byKey.delete(key);
    byKey.set(key, uses);
    const [oldest] = byKey.keys();
    if (byKey.size > MOST_KEYS && oldest !== undefined) byKey.delete(oldest);
    return uses;
  };

  return {
    async take(key, { most, windowMs }, name): Promise<Taken> {
      const now = options.clock.now();
      const uses = usesOf(key);
      const since = now - windowMs;
      const firstInside = uses.findIndex(({ at }) => at > since);
      uses.splice(0, firstInside === -1 ? uses.length : firstInside);
      if (name !== undefined && uses.some((use) => use.name === name)) return { granted: true };
      if (uses.length < most) {
        uses.push({ at: now, name });
        return { granted: true };
      }
      const frees = uses[uses.length - most]?.at ?? now;
      return { granted: false, retryAfterMs: Math.max(1, frees + windowMs - now) };
    },
    async giveBack(key, name) {
      const uses = byKey.get(key);
      const index = uses?.findIndex((use) => use.name === name) ?? -1;
      if (index !== -1) uses?.splice(index, 1);
    },
    async close() {
      byKey.clear();
    },
  };
}
