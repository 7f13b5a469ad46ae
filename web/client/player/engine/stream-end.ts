/** How long the playlists may take to say what the event stream said already. */
const PATIENCE_MS = 4000;
/** A playhead this near to the end of what there is has played it. */
const END_SECONDS = 1;

/**
 * Tells when a stream is over for this viewer: it has ended, and what was left of it is played.
 * Where that is certain nothing waits; where it is not, the playlists have a moment to agree.
 */
export class StreamEnd {
  readonly #video: HTMLVideoElement;
  readonly #over: () => void;
  readonly #listening = new AbortController();
  #certain = false;
  #timer: number | undefined;

  constructor(video: HTMLVideoElement, over: () => void) {
    this.#video = video;
    this.#over = over;
    const { signal } = this.#listening;
    video.addEventListener('waiting', () => this.#look(), { signal });
    video.addEventListener('ended', () => this.#finish(), { signal });
  }

  /** The playlists say so, or the time that the encoder had to come back is over. */
  certain(): void {
    window.clearTimeout(this.#timer);
    this.#certain = true;
    this.#look();
  }

  /** The event stream lists it no longer: it has ended, or the server has just started again. */
  likely(): void {
    window.clearTimeout(this.#timer);
    if (!this.#certain) this.#timer = window.setTimeout(() => this.certain(), PATIENCE_MS);
  }

  /** It goes on, or another one is attached. */
  forget(): void {
    window.clearTimeout(this.#timer);
    this.#certain = false;
  }

  destroy(): void {
    this.#listening.abort();
    this.forget();
  }

  #look(): void {
    if (this.#certain && this.#nothingLeft()) this.#finish();
  }

  #finish(): void {
    this.forget();
    this.#over();
  }

  #nothingLeft(): boolean {
    const { seekable, currentTime, played, paused, seeking, readyState } = this.#video;
    const neverBegan = paused && played.length === 0;
    const end = seekable.length === 0 ? currentTime : seekable.end(seekable.length - 1);
    const dry = readyState <= HTMLMediaElement.HAVE_CURRENT_DATA && !seeking;
    return neverBegan || (dry && end - currentTime < END_SECONDS);
  }
}
