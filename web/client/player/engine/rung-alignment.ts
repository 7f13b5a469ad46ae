import type Hls from 'hls.js';
import { Events } from 'hls.js';

/** Farther apart it is no error of dates; a frame lasts longer than this at 30 a second. */
const ERROR_SECONDS = 0.03;
/** What begins so much before the buffer's end begins there for hls.js, whatever was rounded. */
const BEFORE_SECONDS = 0.001;

/**
 * Places a rung that is switched to where the buffer ends. hls.js places it by its dates, which
 * are some milliseconds off; then the part that begins at the buffer's end seems to come later,
 * and everything from the keyframe before it is loaded for nothing.
 */
export function meetBuffer(hls: Hls): void {
  let level: number | null = null;
  hls.on(Events.MANIFEST_LOADING, () => {
    level = null;
  });
  // Told before hls.js decides what to load of it.
  hls.on(Events.LEVEL_UPDATED, (_, updated) => {
    const switched = level !== null && updated.level !== level;
    level = updated.level;
    const bufferEnd = hls.mainForwardBufferInfo?.end;
    if (!switched || bufferEnd === undefined) return;
    const { fragments, fragmentHint, partList } = updated.details;
    const shift = shiftToMeet(
      (partList ?? []).map((part) => part.start),
      bufferEnd,
    );
    if (shift === null) return;
    for (const fragment of fragments) fragment.addStart(shift);
    fragmentHint?.addStart(shift);
  });
}

/**
 * Every rung has the same parts, so one of them begins where the buffer ends.
 * @returns seconds by which to move the rung's parts; null: none of them is near
 */
export function shiftToMeet(partStarts: readonly number[], bufferEnd: number): number | null {
  const offs = partStarts.map((start) => start - bufferEnd);
  const nearest = offs.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
  if (nearest === undefined || Math.abs(nearest) > ERROR_SECONDS) return null;
  return -nearest - BEFORE_SECONDS;
}
