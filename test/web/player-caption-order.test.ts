import { expect, it } from 'vitest';
import { CaptionOrder } from '../../web/client/player/engine/caption-order.ts';

const FRAME_SECONDS = 1 / 30;

const given = (order: CaptionOrder, pictures: number[]): number[] =>
  pictures
    .flatMap((picture) => order.add({ at: picture * FRAME_SECONDS, pairs: [picture] }))
    .flatMap(({ pairs }) => pairs);

const counting = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + index);

it('pictures in their order are given at once', () => {
  const order = new CaptionOrder();
  expect(given(order, counting(0, 100))).toEqual(counting(0, 100));
});

it('what another rung repeats is given once, though its times are rounded otherwise', () => {
  const order = new CaptionOrder();
  given(order, counting(0, 60));
  expect(
    given(
      order,
      counting(30, 40).map((picture) => picture + 0.1),
    ).map(Math.floor),
  ).toEqual(counting(60, 10));
});

it('of a stream with B-frames, pictures are given in the order they are shown, none twice or never', () => {
  const order = new CaptionOrder();
  const pyramids = counting(0, 25).flatMap((group) => [4, 2, 1, 3].map((one) => group * 4 + one));
  const got = given(order, pyramids);
  expect(new Set(got).size).toBe(got.length);
  // Until the first one out of order was seen, none was held back.
  expect(got.slice(1)).toEqual(got.slice(1).toSorted((a, b) => a - b));
  expect(got.length).toBeGreaterThanOrEqual(96);
});

it('after a restart what was given before may come again', () => {
  const order = new CaptionOrder();
  given(order, counting(0, 10));
  order.restart();
  expect(given(order, counting(0, 10))).toEqual(counting(0, 10));
});
