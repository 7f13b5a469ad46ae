import { expect, test } from 'vitest';
import { RunFailures } from '../../transcoder/run-failures.ts';
import { HARDWARE_ENCODERS, SOFTWARE_ENCODER } from '../../transcoder/video-encoder.ts';

const [hardware = SOFTWARE_ENCODER] = HARDWARE_ENCODERS;
const run = { startedAt: 0, encoder: SOFTWARE_ENCODER };

test('each failure in a row waits longer, up to ten seconds', () => {
  const failures = new RunFailures();
  const delays = [1, 2, 3, 4, 5, 6, 7].map(() => {
    failures.count(run, 1000);
    return failures.delayMs;
  });
  expect(delays).toEqual([100, 500, 1000, 2000, 5000, 10_000, 10_000]);
});

test('a run of a minute was sound, and a new source begins anew', () => {
  const failures = new RunFailures();
  for (let count = 0; count < 4; count += 1) failures.count(run, 1000);
  failures.count(run, 60_000);
  expect([failures.inARow, failures.delayMs]).toEqual([1, 100]);
  failures.forgive();
  expect(failures.inARow).toBe(0);
});

test('a hardware encoder is given up after its second failure in a row', () => {
  const failures = new RunFailures();
  failures.count({ ...run, encoder: hardware }, 1000);
  expect(failures.softwareInstead).toBeNull();
  failures.count({ ...run, encoder: hardware }, 1000);
  expect(failures.softwareInstead).toBe(hardware.label);
});
