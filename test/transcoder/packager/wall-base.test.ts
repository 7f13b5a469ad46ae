import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../transcoder/packager/timeline.ts';

const BASE = 1_700_000_000_000;
const FRAME_MS = 40;
const TRANSIT_MS = 60;

/**
 * Segments of 2 s whose frames come in as `arrival` says, in ms after the source's beginning.
 * @returns for each segment, how far its date is off the moment its first frame reached the server,
 *   and how far dates have been moved
 */
function dates(seconds: number, arrival: (mediaMs: number) => number) {
  const timeline = new Timeline({ segmentMs: 2000, targetDuration: 4 });
  timeline.beginRun(BASE);
  const found: { off: number; moved: number }[] = [];
  let dateBefore = 0;
  for (let mediaMs = 0; mediaMs < seconds * 1000; mediaMs += FRAME_MS) {
    const arrivedAt = BASE + arrival(mediaMs);
    if (mediaMs % 2000 === 0) {
      const slot = timeline.open(mediaMs);
      const date = slot.wallBaseMs + slot.startMs;
      expect(date).toBeGreaterThan(dateBefore);
      dateBefore = date;
      found.push({ off: date - arrivedAt, moved: slot.wallBaseMs - BASE });
    }
    timeline.arrived(mediaMs, arrivedAt + TRANSIT_MS);
  }
  return found;
}

describe('dates', () => {
  it('follow an encoder slower than real time, within its last segments', () => {
    const off = dates(60, (mediaMs) => mediaMs / 0.75).map((segment) => segment.off);
    // Each segment of it comes 667 ms late once more.
    expect(Math.min(...off.slice(3))).toBeGreaterThan(-1500);
    expect(Math.max(...off)).toBeLessThanOrEqual(0);
  });

  it('follow a clock that drifts, by a millisecond a segment at most', () => {
    for (const speed of [1.0003, 0.9997]) {
      const found = dates(1200, (mediaMs) => mediaMs / speed);
      expect(Math.max(...found.map(({ off }) => Math.abs(off)))).toBeLessThan(45);
      const steps = found.slice(1).map(({ moved }, index) => moved - (found[index]?.moved ?? 0));
      expect(Math.max(...steps.map(Math.abs))).toBeLessThanOrEqual(1.001);
    }
  });

  it('stay as they are after a slow start, so that they agree with the durations', () => {
    const found = dates(60, (mediaMs) => mediaMs + (mediaMs < 6000 ? 30 : 0));
    expect(found.map(({ moved }) => moved)).toEqual(found.map(() => 0));
  });

  it('stay while frames jitter, and when none comes for three seconds', () => {
    const jitter = (mediaMs: number) => (mediaMs * 7) % 50;
    const found = dates(60, (mediaMs) =>
      mediaMs > 20_500 && mediaMs < 23_500 ? 23_500 : mediaMs + jitter(mediaMs),
    );
    expect(Math.max(...found.map(({ moved }) => Math.abs(moved)))).toBeLessThan(5);
  });
});
