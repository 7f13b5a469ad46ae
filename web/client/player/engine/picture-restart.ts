/** So near to its end the old picture is over; so much of the new one is enough to seek it. */
const NEAR_SECONDS = 0.05;
/** A longer hole is one that something is still to come for. */
const MAX_HOLE_SECONDS = 0.55;

/** A browser that has so much to play, and stands for so long, goes on when it is sought. */
const STUCK = { aheadSeconds: 0.25, seconds: 0.5, againSeconds: 2 } as const;

type Playhead = Pick<HTMLVideoElement, 'currentTime' | 'playbackRate' | 'buffered'>;

/** Where a picture that would stand has to be sought. */
export class PictureRestart {
  #overlapEnd: number | null = null;
  #moved = { at: Number.POSITIVE_INFINITY, to: -1 };

  /** A rung was begun before the picture's end: what lies behind that is shown only when sought. */
  overlapped(until: number): void {
    this.#overlapEnd = until;
  }

  /**
   * @param at wall seconds
   * @returns the position to seek, media seconds; null: none
   */
  due(at: number, playhead: Playhead): number | null {
    const { currentTime } = playhead;
    const { end, nextStart } = rangesAt(currentTime, playhead.buffered);
    const stuck = this.#stuck(at, playhead, end ?? currentTime);
    if (end === null) return null;
    if (nextStart !== null && end - currentTime < NEAR_SECONDS) return nextStart;
    const until = this.#overlapEnd;
    const over = until !== null && currentTime > until - NEAR_SECONDS;
    const uncovered = over && end > Math.max(until, currentTime) + NEAR_SECONDS;
    if (uncovered) this.#overlapEnd = null;
    return uncovered || stuck ? currentTime : null;
  }

  #stuck(at: number, { currentTime, playbackRate }: Playhead, end: number): boolean {
    const held = playbackRate === 0 || end - currentTime < STUCK.aheadSeconds;
    if (held || currentTime !== this.#moved.to) {
      this.#moved = { at, to: currentTime };
      return false;
    }
    const stuck = at - this.#moved.at > STUCK.seconds;
    if (stuck) this.#moved.at = at + STUCK.againSeconds;
    return stuck;
  }
}

/** The end of the range that is played, and the start of one behind a short hole. */
function rangesAt(currentTime: number, buffered: TimeRanges) {
  let end: number | null = null;
  for (let index = 0; index < buffered.length; index += 1) {
    const start = buffered.start(index);
    const long = buffered.end(index) - start > NEAR_SECONDS;
    const after = end !== null && start > currentTime && start - currentTime < MAX_HOLE_SECONDS;
    if (after && long) return { end, nextStart: start };
    if (start <= currentTime + NEAR_SECONDS) end = buffered.end(index);
  }
  return { end, nextStart: null };
}
