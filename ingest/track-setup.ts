import { AppError } from '../platform/errors.ts';
import { parseAacConfig } from '../platform/media/aac-config.ts';
import type { AudioTag } from '../platform/media/audio-tag.ts';
import { parseVideoConfig } from '../platform/media/video-config.ts';
import type { VideoTag } from '../platform/media/video-tag.ts';
import type { SourceAudio, SourceVideo, VideoCodec } from '../platform/stream.ts';
import { FLV_TAG_HEADER_BYTES, FLV_TAG_TRAILER_BYTES } from './media-tag.ts';

/** Which codecs beside H.264 can be taken, and what to tell a broadcaster who uses another. */
export interface Readable {
  codecs: readonly VideoCodec[];
  ffmpegVersion: string | null;
}

export interface VideoSetup {
  source: SourceVideo;
  /** avcC, hvcC or av1C. */
  config: Buffer;
  /** The configuration message with room for an FLV tag round it. */
  message: Buffer;
}

export interface AudioSetup {
  source: SourceAudio;
  config: Buffer;
  /** Null: the codec has no configuration message. */
  message: Buffer | null;
}

const CODEC_NAMES = { h264: 'H.264', hevc: 'HEVC (H.265)', av1: 'AV1' } as const;
const AUDIO_NAMES: Record<number, string> = {
  0: 'PCM',
  1: 'ADPCM',
  3: 'PCM',
  4: 'Nellymoser',
  5: 'Nellymoser',
  6: 'Nellymoser',
  7: 'G.711 A-law',
  8: 'G.711 mu-law',
  11: 'Speex',
};
const MP3_RATES = [5512, 11_025, 22_050, 44_100];
const OLD_HEVC = 12;

const refused = (code: string, message: string) => new AppError({ code, status: 415, message });

/** Throws AppError with the reason when the codec, or this configuration of it, cannot be taken. */
export function setUpVideo(tag: VideoTag, message: Buffer, readable: Readable): VideoSetup {
  const first = message[FLV_TAG_HEADER_BYTES] ?? 0;
  if ((first & 0x80) === 0 && (first & 0x0f) === OLD_HEVC) {
    throw refused(
      'video_codec_unsupported',
      'HEVC is taken by Enhanced RTMP only; set the encoder to H.264, or use OBS 30 or newer.',
    );
  }
  if (tag.codec !== 'h264' && !readable.codecs.includes(tag.codec)) {
    throw refused(
      'video_codec_unsupported',
      `${CODEC_NAMES[tag.codec]} cannot be taken because the server's ffmpeg (${readable.ffmpegVersion ?? 'unknown version'}) cannot read it over RTMP; set the encoder to H.264, or install ffmpeg 7 on the server.`,
    );
  }
  const config = Buffer.from(tag.data);
  const { codec, profile, codecs, width, height, fps } = parseVideoConfig(tag.codec, config);
  return { source: { codec, profile, codecs, width, height, fps }, config, message };
}

/** As `setUpVideo`. MP3 has no configuration: its first frame says what there is to know. */
export function setUpAudio(tag: AudioTag, message: Buffer): AudioSetup {
  const first = message[FLV_TAG_HEADER_BYTES] ?? 0;
  if (tag.codec === 'aac') {
    const config = Buffer.from(tag.data);
    const { codecs, sampleRate, channels } = parseAacConfig(config);
    return { source: { codec: 'aac', codecs, sampleRate, channels }, config, message };
  }
  if (tag.codec === 'mp3' && first >> 4 === 2) {
    const sampleRate = MP3_RATES[(first >> 2) & 3] ?? 44_100;
    const source = {
      codec: 'mp3',
      codecs: 'mp4a.6b',
      sampleRate,
      channels: (first & 1) + 1,
    } as const;
    return { source, config: Buffer.from([first]), message: null };
  }
  const name = tag.codec === 'other' ? (AUDIO_NAMES[first >> 4] ?? 'of this kind') : tag.codec;
  throw refused(
    'audio_codec_unsupported',
    `Sound ${name === 'of this kind' ? name : `in ${name}`} cannot be taken; set the encoder's audio codec to AAC.`,
  );
}

const withRoom = (parts: Uint8Array[]) =>
  Buffer.concat([
    Buffer.alloc(FLV_TAG_HEADER_BYTES),
    ...parts,
    Buffer.alloc(FLV_TAG_TRAILER_BYTES),
  ]);

/** H.264 in the message layout that every ffmpeg reads, when it came by Enhanced RTMP. */
export function classicAvc(tag: VideoTag): Buffer {
  const head = Buffer.from([
    (tag.keyframe ? 0x10 : 0x20) | 7,
    tag.kind === 'config' ? 0 : 1,
    0,
    0,
    0,
  ]);
  head.writeIntBE(tag.compositionMs, 2, 3);
  return withRoom([head, tag.data]);
}

/** AAC in the message layout that every ffmpeg reads, when it came by Enhanced RTMP. */
export const classicAac = (tag: AudioTag): Buffer =>
  withRoom([Buffer.from([0xaf, tag.kind === 'config' ? 0 : 1]), tag.data]);
