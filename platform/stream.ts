/**
 * The facts of one live broadcast, as they pass between ingest, transcoder and web.
 *
 * Media time is the stream's own growing timeline in milliseconds. It starts at
 * FIRST_MEDIA_MS and keeps growing over reconnects, so that every rendition of every
 * ffmpeg run of one stream shares it; wall time of a media time is `wallBaseMs + mediaMs`.
 */
export const FIRST_MEDIA_MS = 10_000;

export type VideoCodec = 'h264' | 'hevc' | 'av1';

export interface SourceVideo {
  codec: VideoCodec;
  /** As people say it: `High`, `Main`, `Main 10`. */
  profile: string | null;
  /** RFC 6381 string: `avc1.64001f`. */
  codecs: string | null;
  width: number;
  height: number;
  /** Declared by the encoder or measured; null while unknown. */
  fps: number | null;
}

export interface SourceAudio {
  codec: 'aac' | 'mp3' | 'opus' | 'other';
  codecs: string | null;
  sampleRate: number;
  channels: number;
}

/**
 * One unbroken run of media from one publisher: a reconnect, a change of codec parameters and a
 * jump of the encoder's timestamps each begin another one.
 */
export interface Source {
  id: string;
  /** 1 for the first of a stream, then growing by one. */
  run: number;
  /**
   * Answers GET with an endless FLV, beginning at the newest keyframe, timestamps in media time.
   * Answers HEAD with the newest media time of each track, ms, in the headers `newest-video-ms` and
   * `newest-audio-ms`; a track without a frame so far has none.
   */
  url: string;
  video: SourceVideo | null;
  audio: SourceAudio | null;
  /** Wall milliseconds at media time 0, from ingest's clock. */
  wallBaseMs: number;
  /** Media time of the first frame of this source. */
  firstMediaMs: number;
}

/** What is measured of the encoder, once a second. Null: not known (yet). */
export interface PublisherFacts {
  protocol: 'rtmp' | 'rtmps' | 'whip' | 'room';
  codec: VideoCodec | null;
  profile: string | null;
  width: number | null;
  height: number | null;
  /** Measured over the last seconds. */
  fps: number | null;
  /** Bits a second over the last second, audio and video together. */
  bitrate: number;
  /** Bits a second over the last 30 seconds. */
  bitrate30s: number;
  /** Longest distance between the last keyframes, seconds. */
  keyframeSeconds: number | null;
  hasBFrames: boolean | null;
  audio: { codec: string; sampleRate: number; channels: number; bitrate: number } | null;
  encoder: string | null;
  uptimeSeconds: number;
  /** Frames missing in the encoder's timestamps: it dropped them. */
  droppedFrames: number;
  /** Frames that arrived more than 500 ms behind their own timestamps. */
  lateFrames: number;
  /** Media seconds received in a wall second over the last 10 s; 1 when it keeps real time. */
  realTimeRatio: number | null;
  /** Frames the house threw away because the transcoder did not keep up. */
  shedFrames: number;
}

export interface RenditionFacts {
  /** Path segment: `source`, `720p`, `audio`. */
  name: string;
  kind: 'video' | 'audio';
  copied: boolean;
  width: number | null;
  height: number | null;
  fps: number | null;
  codecs: string | null;
  /** Measured, bits a second. */
  bitrate: number | null;
}

/** A sentence for the broadcaster: what is wrong and what to set. */
export interface Advice {
  code: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

export type StreamState = 'starting' | 'live' | 'interrupted';

export interface StreamEntry {
  channel: string;
  streamId: string;
  /** Wall milliseconds. */
  startedAt: number;
  state: StreamState;
  /** When `interrupted`: wall milliseconds at which the grace is over. */
  graceEndsAt: number | null;
  source: Source | null;
  /** True from the first playable part on. */
  playable: boolean;
  publisher: PublisherFacts | null;
  renditions: RenditionFacts[];
  ingestAdvice: Advice[];
  transcodeAdvice: Advice[];
}
