import Hls, {
  type ErrorData,
  ErrorDetails,
  ErrorTypes,
  Events,
  type LevelLoadedData,
} from 'hls.js';
import { type LoadingHls, loadHls, takeBegunHls } from './begun-hls.ts';
import { CaptionTracks } from './caption-tracks.ts';
import { failureOf, isMissing } from './hls-failure.ts';
import { qualitiesOf } from './hls-qualities.ts';
import { LiveEdge } from './live-edge.ts';
import type { OpenPlayback, Playback, PlaybackEvents } from './playback.ts';
import { streamIdOf } from './playback.ts';
import type { TrackList } from './track-list.ts';
import { AUDIO_ONLY, AUTO_QUALITY } from './types.ts';

export { beginHls } from './begun-hls.ts';

export const hlsRunsHere = (): boolean => Hls.isSupported();

/** Playback through hls.js, with the latency and the quality led by ours. */
export const openHlsPlayback: OpenPlayback = ({ video, src, events }) => {
  const loading = takeBegunHls(src) ?? loadHls(src);
  const { hls } = loading;
  const playback = new HlsPlayback(loading, video, { src, events });
  hls.attachMedia(video);
  if (hls.levels.length > 0) queueMicrotask(() => playback.opened());
  return playback;
};

class HlsPlayback implements Playback {
  readonly #hls: Hls;
  readonly tracks: () => TrackList | null;
  readonly #video: HTMLVideoElement;
  readonly #src: string;
  readonly #events: PlaybackEvents;
  readonly #edge: LiveEdge;
  readonly #captions: CaptionTracks;
  readonly #listening = new AbortController();
  #live = true;
  #opened = false;
  #run: number | null = null;
  #recoveredAt = Number.NEGATIVE_INFINITY;
  /** The audio rendition's playlist, when audio alone is to be had. */
  #audioUrl: string | null = null;
  #audioOnly = false;

  constructor(
    loading: LoadingHls,
    video: HTMLVideoElement,
    options: { src: string; events: PlaybackEvents },
  ) {
    const { hls } = loading;
    this.#hls = hls;
    this.tracks = loading.tracks;
    this.#video = video;
    this.#src = options.src;
    this.#events = options.events;
    this.#edge = new LiveEdge({
      video,
      syncPosition: () => hls.liveSyncPosition,
      live: () => this.#live,
    });
    this.#listen();
    const { signal } = this.#listening;
    this.#captions = new CaptionTracks(
      video.textTracks,
      (available) => this.#events.captions(available),
      signal,
    );
  }

  playingAt(): number | null {
    return this.#hls.playingDate?.getTime() ?? null;
  }

  behindNewestSeconds(): number | null {
    return this.#edge.behindNewestSeconds;
  }

  atLiveEdge(): boolean {
    return this.#live && this.#edge.following;
  }

  stalls(): number {
    return this.#edge.stalls;
  }

  goLive(): void {
    this.#edge.goLive();
  }

  selectQuality(id: number): void {
    if (id === AUDIO_ONLY) {
      this.#reload(this.#audioUrl, true);
    } else if (this.#audioOnly) {
      this.#hls.once(Events.MANIFEST_PARSED, () => this.#setLevel(id));
      this.#reload(this.#src, false);
    } else {
      this.#setLevel(id);
    }
  }

  setCaptions(on: boolean): void {
    this.#captions.show(on);
  }

  resume(): void {
    if (!this.#opened) {
      this.#hls.loadSource(this.#src);
    } else {
      this.#hls.startLoad(this.#hls.liveSyncPosition ?? -1);
    }
  }

  destroy(): void {
    this.#listening.abort();
    this.#edge.destroy();
    this.#hls.destroy();
  }

  #setLevel(id: number): void {
    if (id === AUTO_QUALITY) {
      this.#hls.loadLevel = -1;
    } else {
      this.#hls.nextLevel = id;
    }
  }

  #reload(url: string | null, audioOnly: boolean): void {
    if (url === null || audioOnly === this.#audioOnly) {
      return;
    }
    this.#audioOnly = audioOnly;
    this.#edge.timelineChanged();
    this.#run = null;
    const playing = !this.#video.paused;
    // Attaches the media anew, which pauses it.
    this.#hls.loadSource(url);
    if (playing) {
      this.#video.play().catch(() => {});
    }
  }

  #listen(): void {
    const hls = this.#hls;
    hls.on(Events.MANIFEST_PARSED, () => this.opened());
    hls.on(Events.LEVEL_LOADED, (_, data) => this.#levelLoaded(data));
    hls.on(Events.LEVEL_SWITCHED, (_, { level }) => {
      this.#events.activeQuality(this.#audioOnly ? null : level);
    });
    hls.on(Events.BUFFER_APPENDED, () => this.#edge.appended());
    hls.on(Events.FRAG_LOADING, (_, { frag }) => {
      if (frag.type === 'main' && frag.sn !== 'initSegment' && frag.cc !== this.#run) {
        this.#edge.timelineChanged();
        if (this.#run !== null) this.#events.anotherRun();
        this.#run = frag.cc;
      }
    });
    hls.on(Events.FRAG_BUFFERED, () => this.#events.progressed());
    hls.on(Events.ERROR, (_, data) => this.#failed(data));
  }

  /** The multivariant playlist is read. */
  opened(): void {
    if (this.#listening.signal.aborted) {
      return;
    }
    this.#opened = true;
    this.#live = true;
    if (this.#audioOnly) {
      return;
    }
    this.#audioUrl = this.#hls.allAudioTracks[0]?.url || null;
    this.#events.qualities(qualitiesOf(this.#hls, this.#audioUrl !== null));
    this.#events.opened(streamIdOf(this.#hls.levels[0]?.uri));
  }

  #levelLoaded({ details, networkDetails, stats }: LevelLoadedData): void {
    if (networkDetails instanceof XMLHttpRequest) {
      const ago = performance.now() - Date.now();
      this.#events.serverDate({
        sentAt: stats.loading.start - ago,
        receivedAt: stats.loading.end - ago,
        serverDate: Date.parse(networkDetails.getResponseHeader('Date') ?? ''),
      });
    }
    if (this.#live && !details.live) {
      this.#live = false;
      this.#events.closed();
    }
  }

  #failed(data: ErrorData): void {
    if (!data.fatal) {
      this.#forgetRung(data);
      return;
    }
    const now = performance.now();
    if (data.type === ErrorTypes.MEDIA_ERROR && now - this.#recoveredAt > 10_000) {
      this.#recoveredAt = now;
      this.#hls.recoverMediaError();
      return;
    }
    this.#events.failed(failureOf(data, !this.#opened));
  }

  /** A rung that the server has given up is no longer one to choose. */
  #forgetRung(data: ErrorData): void {
    const level = data.context?.level;
    const gone = data.details === ErrorDetails.LEVEL_LOAD_ERROR && isMissing(data);
    if (gone && typeof level === 'number' && this.#hls.levels.length > 1) {
      this.#hls.removeLevel(level);
      this.#events.qualities(qualitiesOf(this.#hls, this.#audioUrl !== null));
    }
  }
}
