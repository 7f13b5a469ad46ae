import type { TrackList } from './track-list.ts';
import type { Quality } from './types.ts';

/** Facts that a playback tells the engine; every one may come many times. */
export interface PlaybackEvents {
  /** The multivariant playlist is read. Null: its URLs do not say which stream it is. */
  opened(streamId: string | null): void;
  qualities(qualities: Quality[]): void;
  /** The encoder came back: from here on its tracks may be others. */
  anotherRun(): void;
  /** New media lies in the buffer. */
  progressed(): void;
  activeQuality(id: number | null): void;
  captions(available: boolean): void;
  /** Nothing of the stream has a picture. */
  soundOnly(is: boolean): void;
  /** An answer of the server with its own wall clock, ms. */
  serverDate(answer: { sentAt: number; receivedAt: number; serverDate: number }): void;
  /** The playlists say that the stream is over. */
  closed(): void;
  failed(failure: PlaybackFailure): void;
}

export interface PlaybackFailure {
  /** `missing`: nothing is there (404, 410). `network`: no usable answer. `media`: not playable. */
  kind: 'missing' | 'network' | 'media';
  /** The multivariant playlist was never read. */
  opening: boolean;
  /** A sentence with cause and cure. */
  message: string;
}

/** One attachment of one stream to the video element. */
export interface Playback {
  /** Wall ms (the server's) of the frame on screen; null while unknown. */
  playingAt(): number | null;
  /** Age of the frame on screen when what was received last is taken for new; null: unknown. */
  behindNewestSeconds(): number | null;
  atLiveEdge(): boolean;
  /** What the multivariant playlist offered when it was read; null: not known. */
  tracks(): TrackList | null;
  /** Times the playhead ran out of media. */
  stalls(): number;
  goLive(): void;
  selectQuality(id: number): void;
  setCaptions(on: boolean): void;
  /** Loads again after a failure, the last frame still on screen. */
  resume(): void;
  destroy(): void;
}

export type OpenPlayback = (options: {
  video: HTMLVideoElement;
  src: string;
  events: PlaybackEvents;
}) => Playback;

/** `/live/CHANNEL/STREAM/...` of a media playlist's URL. */
export const streamIdOf = (url: string | undefined): string | null =>
  /\/live\/[^/]+\/([^/]+)\//.exec(url ?? '')?.[1] ?? null;
