import { expect, test } from 'vitest';
import { MediaTimeline } from '../../ingest/media-timeline.ts';

test('media time begins where it is told to and follows the encoder', () => {
  const timeline = new MediaTimeline(10_000);
  expect(timeline.place('video', 5000, 0)).toBe(10_000);
  expect(timeline.place('audio', 5010, 0)).toBe(10_010);
  expect(timeline.place('video', 5040, 40)).toBe(10_040);
  expect(timeline.lastMs).toBe(10_040);
});

test('a wrap at 32 bits is no jump', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 0xffff_fff0, 0);
  timeline.place('audio', 0xffff_fff8, 5);
  expect(timeline.place('video', 0x18, 40)).toBe(10_040);
  expect(timeline.place('audio', 0x20, 48)).toBe(10_048);
  expect(timeline.jumped).toBe(false);
});

test('frames that a stalled encoder left out are a gap, not a jump', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 0, 0);
  timeline.place('video', 40, 5000);
  expect(timeline.place('video', 5000, 5001)).toBe(15_000);
  expect(timeline.jumped).toBe(false);
});

test('a jump forward lands in step with the wall clock', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 0, 0);
  expect(timeline.place('video', 3_600_000, 40)).toBe(10_040);
  expect(timeline.jumped).toBe(true);
  expect(timeline.place('video', 3_600_040, 80)).toBe(10_080);
  expect(timeline.jumped).toBe(false);
});

test('a jump back lands behind what was there', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 100_000, 0);
  timeline.place('video', 100_040, 40);
  expect(timeline.place('video', 0, 80)).toBe(10_080);
  expect(timeline.jumped).toBe(true);
});

test('two tracks that jump together stay together', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 0, 0);
  timeline.place('audio', 10, 10);
  const video = timeline.place('video', 900_000, 40);
  timeline.place('audio', 31, 41);
  const audio = timeline.place('audio', 900_012, 50);
  expect(audio - video).toBe(12);
});

test('a small step back is smoothed and time never stands still', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 1000, 0);
  timeline.place('video', 1040, 40);
  expect(timeline.place('video', 1000, 80)).toBe(10_041);
  expect(timeline.jumped).toBe(false);
});

test('lateness is measured against the punctual frames', () => {
  const timeline = new MediaTimeline(10_000);
  timeline.place('video', 0, 0);
  timeline.place('video', 40, 40);
  timeline.place('video', 80, 780);
  expect(timeline.latenessMs).toBe(700);
});
