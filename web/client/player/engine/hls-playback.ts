import Hls, { type ErrorData, ErrorTypes, Events, type LevelLoadedData } from 'hls.js';
import { type LoadingHls, loadHls, takeBegunHls } from './begun-hls.ts';
import { Captions } from './captions.ts';
import { failureOf } from './hls-failure.ts';
import { LiveEdge } from './live-edge.ts';
import { watchOverlap } from './picture-overlap.ts';
import type { OpenPlayback, Playback, PlaybackEvents } from './playback.ts';
import { streamIdOf } from './playback.ts';
import { QualityChoice } from './quality-choice.ts';
import type { TrackList } from './track-list.ts';

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
  readonly #src: string;
  readonly #events: PlaybackEvents;
  readonly #edge: LiveEdge;
  readonly #captions: Captions;
  readonly #choice: QualityChoice;
  readonly #listening = new AbortController();
  #live = true;
  #opened = false;
  #run: number | null = null;
  #recoveredAt = Number.NEGATIVE_INFINITY;

  constructor(
    loading: LoadingHls,
    video: HTMLVideoElement,
    options: { src: string; events: PlaybackEvents },
  ) {
    const { hls } = loading;
    this.#hls = hls;
    this.tracks = loading.tracks;
    this.#src = options.src;
    this.#events = options.events;
    this.#edge = new LiveEdge({
      video,
      syncPosition: () => hls.liveSyncPosition,
      live: () => this.#live,
    });
    this.#choice = new QualityChoice({
      hls,
      video,
      src: options.src,
      qualities: (qualities) => this.#events.qualities(qualities),
      timelineChanged: () => {
        this.#edge.timelineChanged();
        this.#run = null;
      },
    });
    this.#listen();
    this.#captions = new Captions(hls, video, () => this.#events.captions(true));
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
    this.#choice.select(id);
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

  #listen(): void {
    const hls = this.#hls;
    hls.on(Events.MANIFEST_PARSED, () => this.opened());
    hls.on(Events.LEVEL_LOADED, (_, data) => this.#levelLoaded(data));
    hls.on(Events.LEVEL_SWITCHED, (_, { level }) => {
      this.#events.activeQuality(this.#choice.audioOnly ? null : level);
    });
    watchOverlap(hls, (until) => this.#edge.overlapped(until));
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
    if (this.#choice.audioOnly) {
      return;
    }
    this.#choice.opened();
    const { levels } = this.#hls;
    this.#events.soundOnly(levels.every((level) => level.videoCodec === undefined));
    this.#events.opened(streamIdOf(levels[0]?.uri));
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
      this.#choice.forget(data);
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
}
