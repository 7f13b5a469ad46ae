import type Hls from 'hls.js';
import { Events, type LevelDetails } from 'hls.js';

/** Farther apart it is no error of dates; a frame lasts longer than this at 30 a second. */
const ERROR_SECONDS = 0.03;
/** What begins so much before the buffer's end begins there for hls.js, whatever was rounded. */
const BEFORE_SECONDS = 0.001;
/** More is not left out of the picture for a sooner one. */
const MAX_SKIP_SECONDS = 0.5;

/**
 * Places playlists where the buffer ends. hls.js places them by their dates, which are some
 * milliseconds off. Of a rung that is switched to, the part that begins at the buffer's end then
 * seems to come later, and everything from the keyframe before it is loaded for nothing. Sound
 * whose last part seems to end behind the buffer's end is taken for one still to be loaded, and
 * for one that is loaded: nothing comes any more (`isLoopLoading`).
 */
export function meetBuffer(hls: Hls): void {
  let level: number | null = null;
  let soundEnd: number | null = null;
  /** What was moved for the choice of the first part alone. */
  let moved: { details: LevelDetails; by: number } | null = null;
  const moveBack = () => {
    if (moved !== null) move(moved.details, -moved.by);
    moved = null;
  };
  hls.on(Events.MANIFEST_LOADING, () => {
    level = null;
    soundEnd = null;
    moved = null;
  });
  // These are told before hls.js decides what to load.
  hls.on(Events.LEVEL_UPDATED, (_, updated) => {
    const before = level;
    level = updated.level;
    if (before === null || before === level) return;
    const { details } = updated;
    const bufferEnd = hls.mainForwardBufferInfo?.end;
    if (bufferEnd === undefined) return;
    place(details, bufferEnd);
    const skip = level < before ? skipFor(details.partList ?? [], bufferEnd) : 0;
    move(details, -skip);
    moved = { details, by: -skip };
  });
  hls.on(Events.FRAG_LOADING, (_, { frag }) => {
    if (frag.type === 'main') moveBack();
  });
  hls.on(Events.LEVEL_SWITCHING, moveBack);
  hls.on(Events.BUFFER_APPENDED, (_, { timeRanges: { audio } }) => {
    if (audio !== undefined && audio.length > 0) soundEnd = audio.end(audio.length - 1);
  });
  hls.on(Events.AUDIO_TRACK_UPDATED, (_, { details }) => {
    if (soundEnd !== null) place(details, soundEnd);
  });
}

function place(details: LevelDetails, bufferEnd: number): void {
  const shift = shiftToMeet(
    (details.partList ?? []).map((part) => part.start),
    bufferEnd,
  );
  if (shift !== null) move(details, shift);
}

function move({ fragments, fragmentHint }: LevelDetails, seconds: number): void {
  for (const fragment of fragments) fragment.addStart(seconds);
  fragmentHint?.addStart(seconds);
}

/**
 * On a full link the next keyframe may be on screen sooner than all from the keyframe before.
 * @returns seconds to leave out; 0: begin with the keyframe before the buffer's end
 */
export function skipFor(
  parts: readonly { start: number; independent: boolean }[],
  bufferEnd: number,
): number {
  const keyframes = parts.filter((part) => part.independent).map((part) => part.start - bufferEnd);
  const again = -(keyframes.findLast((off) => off <= 0) ?? 0);
  const skip = keyframes.find((off) => off > 0) ?? Number.POSITIVE_INFINITY;
  return skip < again && skip <= MAX_SKIP_SECONDS ? skip : 0;
}

/**
 * Every playlist of a stream has the same parts, so one of them begins where the buffer ends.
 * @returns seconds by which to move the parts; null: none of them is near
 */
export function shiftToMeet(partStarts: readonly number[], bufferEnd: number): number | null {
  const offs = partStarts.map((start) => start - bufferEnd);
  const nearest = offs.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
  if (nearest === undefined || Math.abs(nearest) > ERROR_SECONDS) return null;
  return -nearest - BEFORE_SECONDS;
}
