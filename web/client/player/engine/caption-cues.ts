import type { CaptionText } from './caption-decoder.ts';

const LABEL = 'Captions';
/** Decoders erase what nobody has changed for so long (CTA-608, 8.9), seconds. */
const ERASED_AFTER_SECONDS = 16;
/** Behind the playhead, a rewind may still show them, seconds. */
const KEPT_SECONDS = 60;
const ROWS = 15;
const COLUMNS = 32;
/** Rows and columns lie inside of the picture's middle four fifths. */
const SAFE = { from: 10, size: 80 } as const;

/** Puts what captions show on the media timeline, where the browser draws it. */
export class CaptionCues {
  readonly #video: HTMLVideoElement;
  readonly #element = document.createElement('track');
  #open: VTTCue | null = null;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.#element.kind = 'captions';
    this.#element.label = LABEL;
    video.append(this.#element);
    this.#element.track.mode = 'hidden';
  }

  show(on: boolean): void {
    this.#element.track.mode = on ? 'showing' : 'hidden';
  }

  /** From `at` on this is shown, and nothing of before. */
  change(at: number, shown: CaptionText | null): void {
    if (this.#open !== null) this.#open.endTime = at;
    this.#open = shown === null ? null : cueOf(at, shown);
    if (this.#open !== null) this.#element.track.addCue(this.#open);
    this.#forget((cue) => cue.endTime < this.#video.currentTime - KEPT_SECONDS);
  }

  /** The media from `at` on is another. */
  cut(at: number): void {
    this.#open = null;
    this.#forget((cue) => cue.startTime >= at);
    for (const cue of this.#element.track.cues ?? []) cue.endTime = Math.min(cue.endTime, at);
  }

  remove(): void {
    this.#forget(() => true);
    this.#element.remove();
  }

  #forget(which: (cue: TextTrackCue) => boolean): void {
    const { track } = this.#element;
    for (const cue of [...(track.cues ?? [])].filter(which)) track.removeCue(cue);
  }
}

function cueOf(at: number, { text, row, column }: CaptionText): VTTCue {
  const cue = new VTTCue(at, at + ERASED_AFTER_SECONDS, text);
  cue.snapToLines = false;
  cue.line = SAFE.from + (SAFE.size * row) / ROWS;
  cue.position = SAFE.from + (SAFE.size * column) / COLUMNS;
  cue.positionAlign = 'line-left';
  cue.align = 'left';
  cue.size = 100 - cue.position;
  return cue;
}
