import { expect, it } from 'vitest';
import {
  CaptionDecoder,
  type CaptionText,
} from '../../web/client/player/engine/caption-decoder.ts';
import { fieldOne } from '../../web/client/player/engine/caption-pairs.ts';

const TWO_ROWS_ROLL = [0x14, 0x25];
const NEW_LINE = [0x14, 0x2d];
const ROW_15 = [0x14, 0x70];
const POP_ON = [0x14, 0x20];
const SHOW = [0x14, 0x2f];
const ERASE = [0x14, 0x2c];
const ITALICS = [0x11, 0x2e];

const characters = (text: string) => [...text].map((one) => one.charCodeAt(0));

function decoded() {
  const shown: [number, string | null][] = [];
  const whole: (CaptionText | null)[] = [];
  const decoder = new CaptionDecoder((at, caption) => {
    shown.push([at, caption?.text ?? null]);
    whole.push(caption);
  });
  return { decoder, shown, whole };
}

it('a line that rolls up is shown while it is spoken, not when it is over', () => {
  const { decoder, shown } = decoded();
  decoder.add(1, [...TWO_ROWS_ROLL, ...NEW_LINE, ...ROW_15]);
  decoder.add(1.1, characters('HE'));
  decoder.add(1.2, characters('LLO '));
  expect(shown).toEqual([
    [1.1, 'HE'],
    [1.2, 'HELLO'],
  ]);
});

it('the line before stays above the new one', () => {
  const { decoder, shown } = decoded();
  decoder.add(1, [...TWO_ROWS_ROLL, ...NEW_LINE, ...ROW_15, ...characters('ONE ')]);
  decoder.add(2, [...NEW_LINE, ...ROW_15, ...characters('TWO ')]);
  expect(shown.at(-1)).toEqual([2, 'ONE\nTWO']);
});

it('a caption that pops on is shown as a whole, and goes when it is erased', () => {
  const { decoder, shown } = decoded();
  decoder.add(1, [...POP_ON, ...ROW_15, ...characters('WAIT')]);
  expect(shown).toEqual([]);
  decoder.add(2, SHOW);
  decoder.add(4, ERASE);
  expect(shown).toEqual([
    [2, 'WAIT'],
    [4, null],
  ]);
});

it('what would be markup is text, and italics are kept', () => {
  const { decoder, shown } = decoded();
  const line = [...TWO_ROWS_ROLL, ...NEW_LINE, ...ROW_15, ...characters('<A>&'), ...ITALICS];
  decoder.add(1, [...line, ...characters('SO')]);
  expect(shown.at(-1)?.[1]).toBe('&lt;A&gt;&amp;<i> SO</i>');
});

it('a caption tells the row and column it stands in', () => {
  const { decoder, whole } = decoded();
  decoder.add(1, [...TWO_ROWS_ROLL, ...NEW_LINE, ...ROW_15, ...characters('LOW ')]);
  expect(whole.at(-1)).toMatchObject({ row: 14, column: 0 });
});

it('after a reset nothing of before comes back', () => {
  const { decoder, shown } = decoded();
  decoder.add(1, [...TWO_ROWS_ROLL, ...NEW_LINE, ...ROW_15, ...characters('OLD ')]);
  decoder.reset();
  decoder.add(9, [...TWO_ROWS_ROLL, ...NEW_LINE, ...ROW_15, ...characters('NEW ')]);
  expect(shown.at(-1)).toEqual([9, 'NEW']);
});

it('of a picture, valid pairs of field 1 are read, without parity and padding', () => {
  const pairs = [
    [0xfc, 0x80 | 0x41, 0x42],
    [0xfc, 0x80, 0x80],
    [0xfd, 0x43, 0x44],
    [0xf8, 0x45, 0x46],
    [0xfe, 0x47, 0x48],
  ];
  const bytes = new Uint8Array([0x40 | pairs.length, 0xff, ...pairs.flat()]);
  expect(fieldOne(bytes)).toEqual([0x41, 0x42]);
  expect(fieldOne(new Uint8Array([0x45]))).toEqual([]);
});
