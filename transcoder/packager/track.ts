import type { VideoCodec } from '../../platform/stream.ts';

/** One frame as the container gives it. */
export interface Frame {
  /** Decode time, whole milliseconds of media time. */
  timeMs: number;
  /** Presentation minus decode time, ms. */
  compositionMs: number;
  keyframe: boolean;
  /** The sample as MP4 stores it. */
  data: Buffer;
}

/** One sample on its track's time scale. */
export interface Sample {
  /** Decode time in ticks. */
  time: number;
  /** Presentation minus decode time in ticks, may be negative (trun version 1). */
  composition: number;
  keyframe: boolean;
  data: Buffer;
}

export interface VideoTrack {
  kind: 'video';
  codec: VideoCodec;
  codecs: string;
  /** Ticks a second. */
  timescale: number;
  /** avcC, hvcC or av1C. */
  config: Buffer;
  width: number;
  height: number;
  /** As the bitstream declares it. */
  declaredFps: number | null;
  nalLengthBytes: number;
}

export interface AudioTrack {
  kind: 'audio';
  codecs: string;
  /** The sample rate. */
  timescale: number;
  /** AudioSpecificConfig. */
  config: Buffer;
  channels: number;
  samplesPerFrame: number;
}

export type Track = VideoTrack | AudioTrack;

/** Divides evenly by every whole frame rate in use and by 1000. */
export const VIDEO_TIMESCALE = 90_000;
