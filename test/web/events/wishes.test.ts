import { expect, test } from 'vitest';
import { covers, eventsUrl, unite, type Wish } from '../../../web/client/events/wishes.ts';

const wish = (fields: Partial<Wish> = {}): Wish => ({
  listening: true,
  channels: null,
  watching: [],
  ...fields,
});

test('nobody wants anything: no connection', () => {
  expect(unite([])).toBeNull();
  expect(unite([wish({ listening: false, channels: [] })])).toBeNull();
});

test('every open player of every tab is counted', () => {
  const united = unite([wish({ watching: ['alpha', 'beta'] }), wish({ watching: ['alpha'] })]);
  expect(united?.watching).toEqual(['alpha', 'alpha', 'beta']);
});

test('channels are joined, and one tab that wants all gets all', () => {
  const alpha = wish({ channels: ['alpha'] });
  const beta = wish({ channels: ['beta', 'alpha'] });
  expect(unite([alpha, beta])?.channels).toEqual(['alpha', 'beta']);
  expect(unite([alpha, wish()])?.channels).toBeNull();
});

test('a tab that only plays does not widen what others hear', () => {
  const plays = wish({ listening: false, watching: ['beta'] });
  expect(unite([wish({ channels: ['alpha'] }), plays])?.channels).toEqual(['alpha']);
});

test.each([
  [wish(), wish(), true],
  [wish(), wish({ channels: ['alpha'] }), true],
  [wish({ channels: ['alpha'] }), wish(), false],
  [wish({ channels: ['alpha', 'beta'] }), wish({ channels: ['beta'] }), true],
  [wish({ channels: ['alpha'] }), wish({ channels: ['alpha', 'beta'] }), false],
  [wish({ listening: false, channels: [] }), wish({ channels: [] }), false],
  [wish({ channels: [] }), wish({ listening: false, channels: null }), true],
])('what is open covers what is wanted: case %#', (open, wanted, expected) => {
  expect(covers(open, wanted)).toBe(expected);
});

test('the address names players, channels and where to resume', () => {
  const query = { channels: ['alpha'], watching: ['alpha', 'alpha'] };
  expect(eventsUrl(wish(query), 'e-5')).toBe(
    '/events?watching=alpha&watching=alpha&channel=alpha&lastEventId=e-5',
  );
  expect(eventsUrl(wish(), null)).toBe('/events?');
});

test('a connection that only counts players is spared the other channels', () => {
  const url = eventsUrl(wish({ listening: false, channels: [], watching: ['beta'] }), null);
  expect(url).toBe('/events?watching=beta&channel=beta');
});
