import { expect, it } from 'vitest';
import { shiftToMeet } from '../../web/client/player/engine/rung-alignment.ts';

const parts = (from: number) => Array.from({ length: 10 }, (_, index) => from + index * 0.2);

it.each([0.013, -0.013, 1e-7, 0])(
  'a rung that dates place %s s off has a part that begins where the buffer ends, and not after it',
  (off) => {
    for (const bufferEnd of [56, 56.2, 57.8]) {
      const shift = shiftToMeet(parts(56 + off), bufferEnd) ?? Number.NaN;
      const before = parts(56 + off)
        .map((start) => bufferEnd - start - shift)
        .filter((seconds) => seconds >= 0);
      expect(Math.min(...before)).toBeLessThan(0.002);
      expect(Math.abs(shift)).toBeLessThan(0.02);
    }
  },
);

it('a rung that has nothing near the buffer’s end stays where it is', () => {
  expect(shiftToMeet(parts(56.1), 56)).toBeNull();
  expect(shiftToMeet([], 56)).toBeNull();
});
