import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../web/client/events/retry-delay.ts';

test('the delay doubles up to 20 seconds, half of it by chance', () => {
  const earliest = [0, 1, 2, 6, 50].map((attempt) => retryDelayMs(attempt, () => 0));
  const latest = [0, 1, 2, 6, 50].map((attempt) => retryDelayMs(attempt, () => 1));
  expect(earliest).toEqual([250, 500, 1_000, 10_000, 10_000]);
  expect(latest).toEqual([500, 1_000, 2_000, 20_000, 20_000]);
});
