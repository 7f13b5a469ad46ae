import type Hls from 'hls.js';
import { type ErrorData, ErrorDetails, Events } from 'hls.js';
import { isMissing } from './hls-failure.ts';
import { qualitiesOf } from './hls-qualities.ts';
import type { Quality } from './types.ts';
import { AUDIO_ONLY, AUTO_QUALITY } from './types.ts';

export interface QualityChoiceOptions {
  hls: Hls;
  video: HTMLVideoElement;
  /** URL of the multivariant playlist. */
  src: string;
  qualities(qualities: Quality[]): void;
  /** Other media begins. */
  timelineChanged(): void;
}

/** The rung that the viewer wants, or sound alone, which is played from a playlist of its own. */
export class QualityChoice {
  readonly #options: QualityChoiceOptions;
  /** The audio rendition's playlist, when audio alone is to be had. */
  #audioUrl: string | null = null;
  #audioOnly = false;

  constructor(options: QualityChoiceOptions) {
    this.#options = options;
  }

  get audioOnly(): boolean {
    return this.#audioOnly;
  }

  /** The multivariant playlist is read. */
  opened(): void {
    this.#audioUrl = this.#options.hls.allAudioTracks[0]?.url || null;
    this.#tell();
  }

  select(id: number): void {
    const { hls, src } = this.#options;
    if (id === AUDIO_ONLY) {
      this.#reload(this.#audioUrl, true);
    } else if (this.#audioOnly) {
      hls.once(Events.MANIFEST_PARSED, () => this.#setLevel(id));
      this.#reload(src, false);
    } else {
      this.#setLevel(id);
    }
  }

  /** A rung that the server has given up is no longer one to choose. */
  forget(data: ErrorData): void {
    const { hls } = this.#options;
    const level = data.context?.level;
    const gone = data.details === ErrorDetails.LEVEL_LOAD_ERROR && isMissing(data);
    if (gone && typeof level === 'number' && hls.levels.length > 1) {
      hls.removeLevel(level);
      this.#tell();
    }
  }

  #tell(): void {
    this.#options.qualities(qualitiesOf(this.#options.hls, this.#audioUrl !== null));
  }

  #setLevel(id: number): void {
    const { hls } = this.#options;
    if (id === AUTO_QUALITY) hls.loadLevel = -1;
    else hls.nextLevel = id;
  }

  #reload(url: string | null, audioOnly: boolean): void {
    if (url === null || audioOnly === this.#audioOnly) return;
    const { hls, video, timelineChanged } = this.#options;
    this.#audioOnly = audioOnly;
    timelineChanged();
    const playing = !video.paused;
    // Attaches the media anew, which pauses it.
    hls.loadSource(url);
    if (playing) video.play().catch(() => {});
  }
}
