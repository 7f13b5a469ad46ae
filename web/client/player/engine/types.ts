/** `blocked`: the browser refused to autoplay; a click is needed. */
export type PlayerStatus =
  | 'idle'
  | 'loading'
  | 'playing'
  | 'paused'
  | 'blocked'
  | 'reconnecting'
  | 'ended'
  | 'error';

export const AUTO_QUALITY = -1;
export const AUDIO_ONLY = -2;

export interface Quality {
  /** AUTO_QUALITY, AUDIO_ONLY, or a number of the engine's own. */
  id: number;
  label: string;
  height: number | null;
}

export interface PlayerState {
  status: PlayerStatus;
  /** Behind the encoder's wall clock, seconds. */
  latencySeconds: number | null;
  atLiveEdge: boolean;
  qualities: Quality[];
  selectedQuality: number;
  /** What is on screen while Auto decides. */
  activeQuality: number | null;
  /** The stream has no picture. */
  soundOnly: boolean;
  captionsAvailable: boolean;
  captionsOn: boolean;
  muted: boolean;
  /** Autoplay was only allowed without sound. */
  mutedByAutoplay: boolean;
  stalls: number;
  /** A sentence with cause and cure, when `status` is `error`. */
  error: string | null;
}

/** What the event stream says of the stream that is to be played. */
export interface StreamFact {
  live: boolean;
  streamId: string | null;
  interrupted: boolean;
}

/** Wishes go in as calls, facts come out as states: nothing changes before the element says so. */
export interface PlayerEngine {
  subscribe(listener: () => void): () => void;
  /** The same object until something changed (fit for `useSyncExternalStore`). */
  state(): PlayerState;
  /** Facts from the event stream: the stream went live, was interrupted, ended. */
  streamChanged(fact: StreamFact): void;
  play(): void;
  pause(): void;
  goLive(): void;
  selectQuality(id: number): void;
  setCaptions(on: boolean): void;
  retry(): void;
  destroy(): void;
}

export interface PlayerEngineOptions {
  video: HTMLVideoElement;
  channel: string;
  /** URL of the multivariant playlist. */
  src: string;
}

export type CreatePlayerEngine = (options: PlayerEngineOptions) => PlayerEngine;
