/** Another rung's pictures have the same times, but for rounding; pictures lie farther apart. */
const SAME_SECONDS = 0.008;
/** Another rung repeats less. */
const REMEMBERED_SECONDS = 5;
/** Encoders show a picture at most so many behind its turn in the stream (B-frames in a pyramid). */
const REORDERED = 4;

export interface Heard {
  /** Media seconds. */
  at: number;
  pairs: number[];
}

/**
 * Gives what pictures carry once each and in the order in which they are shown. Parts hold them in
 * the order in which they are decoded; where that is another, some are held back.
 */
export class CaptionOrder {
  #seen: number[] = [];
  #waiting: Heard[] = [];
  #held = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #given = Number.NEGATIVE_INFINITY;

  get newest(): number {
    return this.#newest;
  }

  /** @returns those whose turn has come */
  add(heard: Heard): Heard[] {
    const { at } = heard;
    if (this.#seen.some((one) => Math.abs(one - at) < SAME_SECONDS)) return [];
    if (at < this.#newest) this.#held = REORDERED;
    this.#newest = Math.max(this.#newest, at);
    this.#seen = this.#seen.filter((one) => one > this.#newest - REMEMBERED_SECONDS);
    this.#seen.push(at);
    this.#waiting = [...this.#waiting, heard].toSorted((a, b) => a.at - b.at);
    const due = this.#waiting.splice(0, Math.max(0, this.#waiting.length - this.#held));
    return due.map((one) => {
      this.#given = Math.max(this.#given, one.at);
      return { ...one, at: this.#given };
    });
  }

  /** What comes next does not follow on what came. */
  restart(): void {
    this.#seen = [];
    this.#waiting = [];
    this.#newest = Number.NEGATIVE_INFINITY;
    this.#given = Number.NEGATIVE_INFINITY;
  }
}
