import { expect, test } from 'vitest';
import { WrongKeys } from '../../ingest/wrong-keys.ts';

test('ten wrong keys a minute are answered at once, eight more late, and what is beyond is turned away', () => {
  const keys = new WrongKeys();
  const address = '192.0.2.1';
  for (let tries = 0; tries < 10; tries++) {
    expect(keys.note(address, 0)).toBe(0);
    keys.answered(address);
  }
  for (let waiting = 0; waiting < 8; waiting++) expect(keys.note(address, 0)).toBe(2000);
  expect(keys.note(address, 0)).toBe('crowded');
  expect(keys.note('192.0.2.2', 0)).toBe(0);
  keys.answered(address);
  expect(keys.note(address, 0)).toBe(2000);
});

test('a minute later wrong keys are typing mistakes again', () => {
  const keys = new WrongKeys();
  for (let tries = 0; tries < 11; tries++) {
    keys.note('192.0.2.1', 0);
    keys.answered('192.0.2.1');
  }
  expect(keys.note('192.0.2.1', 60_001)).toBe(0);
});

test('the addresses of one IPv6 network count as one', () => {
  const keys = new WrongKeys();
  const delays = Array.from({ length: 11 }, (_, index) => {
    const address = `2001:db8:1:2::${index}`;
    const delay = keys.note(address, 0);
    keys.answered(address);
    return delay;
  });
  expect(delays.at(-1)).toBe(2000);
  expect(keys.note('2001:db8:1:3::1', 0)).toBe(0);
});
