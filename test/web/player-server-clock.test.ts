import { expect, it } from 'vitest';
import { ServerClock } from '../../web/client/player/engine/server-clock.ts';

/** Answers as a server `offset` ms ahead gives them: whole seconds in the header. */
function ask(clock: ServerClock, times: number[], offset: number): void {
  for (const at of times) {
    const serverDate = Math.floor((at + 20 + offset) / 1000) * 1000;
    clock.observe({ sentAt: at, receivedAt: at + 40, serverDate });
  }
}

const everyPart = Array.from({ length: 40 }, (_, index) => 1_700_000_000_000 + index * 210);

it('takes a server whose answers fit the local clock for exactly on time', () => {
  const clock = new ServerClock();
  ask(clock, everyPart, 0);
  expect(clock.offsetMs()).toBe(0);
});

it('finds the offset of a server to within the network delay from whole seconds', () => {
  const clock = new ServerClock();
  ask(clock, everyPart, 7_340);
  expect(Math.abs(clock.offsetMs() - 7_340)).toBeLessThan(60);
});

it('follows a clock that was set', () => {
  const clock = new ServerClock();
  ask(clock, everyPart, 0);
  ask(clock, [(everyPart.at(-1) ?? 0) + 1000], 60_000);
  expect(Math.abs(clock.offsetMs() - 60_000)).toBeLessThan(1000);
});

it('ignores answers without a date', () => {
  const clock = new ServerClock();
  clock.observe({ sentAt: 0, receivedAt: 1, serverDate: Number.NaN });
  expect(clock.offsetMs()).toBe(0);
});
