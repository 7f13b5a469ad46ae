import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../chat/rules/rate-limit.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

/** What every way to count keeps to. `make` is called for each test with a clock that the test owns. */
export function rateLimitContract(
  name: string,
  make: (clock: ManualClock) => Promise<RateLimit>,
): void {
  describe(`rate limit: ${name}`, () => {
    const three = { most: 3, windowMs: 10_000 };

    it('grants as many uses as the limit within the window, and says when the next may be', async () => {
      const clock = createManualClock();
      const limit = await make(clock);
      for (let use = 0; use < 3; use += 1) {
        expect(await limit.take('a', three)).toEqual({ granted: true });
        clock.advance(1_000);
      }
      expect(await limit.take('a', three)).toEqual({ granted: false, retryAfterMs: 7_000 });
    });

    it('counts each key by itself', async () => {
      const limit = await make(createManualClock());
      const one = { most: 1, windowMs: 10_000 };
      expect(await limit.take('a', one)).toEqual({ granted: true });
      expect(await limit.take('b', one)).toEqual({ granted: true });
      expect(await limit.take('a', one)).toMatchObject({ granted: false });
    });

    it('frees a use when it leaves the window, and not before', async () => {
      const clock = createManualClock();
      const limit = await make(clock);
      for (let use = 0; use < 3; use += 1) {
        await limit.take('a', three);
        clock.advance(1_000);
      }
      clock.advance(6_999);
      expect(await limit.take('a', three)).toEqual({ granted: false, retryAfterMs: 1 });
      clock.advance(1);
      expect(await limit.take('a', three)).toEqual({ granted: true });
      expect(await limit.take('a', three)).toMatchObject({ granted: false });
    });

    it('does not count what it refused', async () => {
      const clock = createManualClock();
      const limit = await make(clock);
      const one = { most: 1, windowMs: 1_000 };
      await limit.take('a', one);
      for (let attempt = 0; attempt < 5; attempt += 1) await limit.take('a', one);
      clock.advance(1_000);
      expect(await limit.take('a', one)).toEqual({ granted: true });
    });

    it('counts a use once that comes again under its name, also when the limit is reached', async () => {
      const limit = await make(createManualClock());
      const one = { most: 1, windowMs: 10_000 };
      expect(await limit.take('a', one, 'first')).toEqual({ granted: true });
      expect(await limit.take('a', one, 'first')).toEqual({ granted: true });
      expect(await limit.take('a', one, 'second')).toMatchObject({ granted: false });
    });

    it('does not count what was given back', async () => {
      const limit = await make(createManualClock());
      const one = { most: 1, windowMs: 10_000 };
      await limit.take('a', one, 'first');
      await limit.giveBack('a', 'second');
      expect(await limit.take('a', one, 'second')).toMatchObject({ granted: false });
      await limit.giveBack('a', 'first');
      expect(await limit.take('a', one, 'second')).toEqual({ granted: true });
    });

    it('grants no more than the limit to uses that come at once', async () => {
      const limit = await make(createManualClock());
      const taken = await Promise.all(Array.from({ length: 20 }, () => limit.take('a', three)));
      expect(taken.filter(({ granted }) => granted)).toHaveLength(3);
    });
  });
}
