import type Hls from 'hls.js';
import { Events } from 'hls.js';

/** Less of it is an error of rounding. */
const MIN_OVERLAP_SECONDS = 0.05;

/**
 * Tells when a rung begins before the end of what the buffer has of the picture, which is so when
 * its keyframe lies there. Chromium then shows the old picture up to that end, and of the new one
 * nothing before its next keyframe, unless it is sought.
 *
 * @param overlapped told the end, media seconds
 */
export function watchOverlap(hls: Hls, overlapped: (until: number) => void): void {
  let level: number | null = null;
  let end = Number.NEGATIVE_INFINITY;
  hls.on(Events.BUFFER_APPENDING, (_, { type, frag, part }) => {
    if (type !== 'video' || frag.sn === 'initSegment') return;
    const start = (part ?? frag).start;
    if (level !== null && frag.level !== level && end - start > MIN_OVERLAP_SECONDS) {
      overlapped(end);
    }
    level = frag.level;
  });
  hls.on(Events.BUFFER_APPENDED, (_, { timeRanges: { video } }) => {
    if (video !== undefined && video.length > 0) end = video.end(video.length - 1);
  });
  hls.on(Events.MANIFEST_LOADING, () => {
    level = null;
  });
}
