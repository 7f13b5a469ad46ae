import { expect, it } from 'vitest';
import { PictureRestart } from '../../web/client/player/engine/picture-restart.ts';

const ranges = (...list: [number, number][]): TimeRanges => ({
  length: list.length,
  start: (index) => list[index]?.[0] ?? Number.NaN,
  end: (index) => list[index]?.[1] ?? Number.NaN,
});

const playhead = (currentTime: number, buffered: TimeRanges, playbackRate = 1) => ({
  currentTime,
  buffered,
  playbackRate,
});

it('a playhead that moves in its media is left alone', () => {
  const restart = new PictureRestart();
  for (let at = 0; at < 5; at += 0.1) {
    expect(restart.due(at, playhead(10 + at, ranges([4, 20])))).toBeNull();
  }
});

it('a new rung over the old picture is sought once the old one is over and more has come', () => {
  const restart = new PictureRestart();
  restart.overlapped(12);
  expect(restart.due(0, playhead(11.5, ranges([4, 12.4])))).toBeNull();
  expect(restart.due(0.5, playhead(12, ranges([4, 12])))).toBeNull();
  expect(restart.due(0.6, playhead(12, ranges([4, 12.4])))).toBe(12);
  expect(restart.due(0.7, playhead(12.1, ranges([4, 12.4])))).toBeNull();
});

it('a short hole is jumped when the playhead has come to it, not before', () => {
  const restart = new PictureRestart();
  expect(restart.due(0, playhead(11.8, ranges([4, 12], [12.4, 12.6])))).toBeNull();
  expect(restart.due(0.2, playhead(12, ranges([4, 12], [12.4, 12.6])))).toBe(12.4);
  expect(restart.due(0.3, playhead(12, ranges([4, 12], [13, 14])))).toBeNull();
});

it('a browser that stands with media before it is set going, and given time for that', () => {
  const restart = new PictureRestart();
  const buffered = ranges([4, 14]);
  expect(restart.due(0, playhead(12, buffered))).toBeNull();
  expect(restart.due(0.4, playhead(12, buffered))).toBeNull();
  expect(restart.due(0.6, playhead(12, buffered))).toBe(12);
  expect(restart.due(1.5, playhead(12, buffered))).toBeNull();
  expect(restart.due(3.2, playhead(12, buffered))).toBe(12);
});

it('one that was stopped, or has next to nothing to play, is waited for', () => {
  const restart = new PictureRestart();
  for (let at = 0; at < 5; at += 0.1) {
    expect(restart.due(at, playhead(12, ranges([4, 14]), 0))).toBeNull();
    expect(restart.due(at, playhead(12, ranges([4, 12.2])))).toBeNull();
  }
});
