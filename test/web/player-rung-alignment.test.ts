import { expect, it } from 'vitest';
import { shiftToMeet, skipFor } from '../../web/client/player/engine/rung-alignment.ts';

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

it('a fall leaves out what is shorter than what would be loaded twice, half a second at most', () => {
  const ten = parts(56).map((start, index) => ({ start, independent: index % 5 === 0 }));
  // Keyframes at 56 and 57.
  expect(skipFor(ten, 56.2)).toBe(0);
  expect(skipFor(ten, 56.4)).toBe(0);
  expect(skipFor(ten, 56.6)).toBeCloseTo(0.4);
  expect(skipFor(ten, 56.8)).toBeCloseTo(0.2);
  expect(skipFor(ten, 57)).toBe(0);
});

it('a fall begins with the keyframe before when the next one does not exist yet, or is far off', () => {
  const one = parts(56).map((start) => ({ start, independent: start === 56 }));
  expect(skipFor(one, 56.8)).toBe(0);
  expect(skipFor([...one, { start: 58, independent: true }], 57.4)).toBe(0);
  expect(skipFor([], 56)).toBe(0);
});
