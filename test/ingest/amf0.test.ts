import { expect, test } from 'vitest';
import { readAmf0 } from '../../ingest/amf0.ts';
import { encodeAmf } from '../support/rtmp-client.ts';

test('values of every kind an encoder sends are read', () => {
  const bytes = encodeAmf(
    'connect',
    1,
    { app: 'live', list: { deep: true } },
    null,
    undefined,
    'é',
  );
  expect(readAmf0(bytes)).toEqual([
    'connect',
    1,
    { app: 'live', list: { deep: true } },
    null,
    undefined,
    'é',
  ]);
});

test('an ECMA array is read as an object, a strict array as an array, a date as its milliseconds', () => {
  const ecma = Buffer.concat([Buffer.from([8, 0, 0, 0, 1]), encodeAmf({ fps: 30 }).subarray(1)]);
  const strict = Buffer.concat([Buffer.from([10, 0, 0, 0, 2]), encodeAmf(1, 2)]);
  const date = Buffer.concat([Buffer.from([11]), encodeAmf(5).subarray(1), Buffer.alloc(2)]);
  expect(readAmf0(Buffer.concat([ecma, strict, date]))).toEqual([{ fps: 30 }, [1, 2], 5]);
});

test('a name such as __proto__ changes no prototype', () => {
  const [value] = readAmf0(encodeAmf({ ['__proto__']: { app: 'live' } }));
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each([
  ['cut short', encodeAmf('connect', 1, { app: 'live' }).subarray(0, -4)],
  ['of an unknown type', Buffer.from([0x42])],
  ['nested too deep', Buffer.from('030001610300016103000161'.repeat(20), 'hex')],
])('a value %s is refused with a sentence', (_, bytes) => {
  expect(() => readAmf0(bytes)).toThrow(/RTMP command cannot be read/);
});
