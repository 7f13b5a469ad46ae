import type { VideoCodec } from '../stream.ts';
import { parseAv1Config } from './av1-config.ts';
import { parseAvcConfig } from './avc-config.ts';
import { parseHevcConfig } from './hevc-config.ts';

export interface VideoConfig {
  codec: VideoCodec;
  /** As people say it: `High`. */
  profile: string;
  /** RFC 6381: `avc1.64001f`. */
  codecs: string;
  /** Pixels shown, cropping taken off. */
  width: number;
  height: number;
  /** As the bitstream declares it; null when it does not. */
  fps: number | null;
  /** Frames that may be shown later than their place in decode order; null when not declared. */
  reorderFrames: number | null;
  /** Bytes of the length before each NAL unit; 0 for AV1, which has none. */
  nalLengthBytes: number;
}

/** avcC, hvcC or av1C. Throws AppError when the bytes are not that. */
export function parseVideoConfig(codec: VideoCodec, bytes: Buffer): VideoConfig {
  if (codec === 'h264') return parseAvcConfig(bytes);
  return codec === 'hevc' ? parseHevcConfig(bytes) : parseAv1Config(bytes);
}
