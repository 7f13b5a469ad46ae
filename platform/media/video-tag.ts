import type { VideoCodec } from '../stream.ts';
import { badMedia } from './bit-reader.ts';

export interface VideoTag {
  codec: VideoCodec;
  /** `config`: data is avcC, hvcC or av1C. `frame`: data is the sample as MP4 stores it. */
  kind: 'config' | 'frame' | 'end' | 'other';
  keyframe: boolean;
  /** Presentation minus decode time, ms; may be negative. */
  compositionMs: number;
  data: Buffer;
}

const EMPTY = Buffer.alloc(0);
const OLD_CODEC_NAMES: Record<number, string> = {
  2: 'Sorenson H.263',
  3: 'Screen Video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen Video 2',
};
const FOUR_CCS: Record<string, VideoCodec> = { avc1: 'h264', hvc1: 'hevc', av01: 'av1' };
/** Enhanced RTMP v2, VideoPacketType. */
const PACKET = { start: 0, frames: 1, end: 2, framesX: 3, multitrack: 6, modEx: 7 } as const;

const truncated = () =>
  badMedia(
    'video_tag_truncated',
    'A video message is shorter than its own header; restart the encoder.',
  );

function unsupported(name: string) {
  return badMedia(
    'video_codec_unsupported',
    `The video codec ${name} cannot be taken; set the encoder to H.264.`,
  );
}

/**
 * The body of an FLV video tag or RTMP video message: H.264, or HEVC and AV1 by Enhanced RTMP.
 * Throws AppError `video_tag_truncated` or `video_codec_unsupported`. `data` shares memory with `body`.
 */
export function parseVideoTag(body: Buffer): VideoTag {
  const first = body[0];
  if (first === undefined) throw truncated();
  if (first & 0x80) return parseEnhanced(body, first);
  const codecId = first & 0x0f;
  // 12 is HEVC as some encoders sent it before Enhanced RTMP, in the layout of H.264.
  if (codecId !== 7 && codecId !== 12) {
    throw unsupported(OLD_CODEC_NAMES[codecId] ?? `number ${codecId}`);
  }
  const codec = codecId === 7 ? 'h264' : 'hevc';
  const frameType = first >> 4;
  if (frameType === 5) return other(codec);
  if (body.length < 5) throw truncated();
  const kind = (['config', 'frame', 'end'] as const)[body[1] ?? 3] ?? 'other';
  return {
    codec,
    kind,
    keyframe: frameType === 1,
    compositionMs: kind === 'frame' ? body.readIntBE(2, 3) : 0,
    data: body.subarray(5),
  };
}

const other = (codec: VideoCodec): VideoTag => ({
  codec,
  kind: 'other',
  keyframe: false,
  compositionMs: 0,
  data: EMPTY,
});

/** Steps over ModEx packets (Enhanced RTMP v2): an 8 or 16 bit size, data, the next packet type. */
export function skipModEx(
  body: Buffer,
  position: number,
): { position: number; packetType: number } {
  const small = (body[position] ?? 0) + 1;
  let next = position + 1;
  let size = small;
  if (small === 256) {
    if (body.length < next + 2) throw truncated();
    size = body.readUInt16BE(next) + 1;
    next += 2;
  }
  const type = body[next + size];
  if (type === undefined) throw truncated();
  return { position: next + size + 1, packetType: type & 0x0f };
}

function parseEnhanced(body: Buffer, first: number): VideoTag {
  let packetType: number = first & 0x0f;
  let position = 1;
  while (packetType === PACKET.modEx) ({ position, packetType } = skipModEx(body, position));
  // Further tracks beside the main one: the main one comes as ordinary packets.
  if (packetType === PACKET.multitrack) return other('h264');
  if (body.length < position + 4) throw truncated();
  const fourCc = body.toString('latin1', position, position + 4);
  const codec = FOUR_CCS[fourCc];
  if (codec === undefined) throw unsupported(fourCc.replace(/[^ -~]/g, '?'));
  position += 4;
  const keyframe = ((first >> 4) & 7) === 1;
  if (packetType === PACKET.start) {
    return { codec, kind: 'config', keyframe, compositionMs: 0, data: body.subarray(position) };
  }
  if (packetType === PACKET.end) return { ...other(codec), kind: 'end' };
  if (packetType !== PACKET.frames && packetType !== PACKET.framesX) return other(codec);
  let compositionMs = 0;
  if (packetType === PACKET.frames && codec !== 'av1') {
    if (body.length < position + 3) throw truncated();
    compositionMs = body.readIntBE(position, 3);
    position += 3;
  }
  return { codec, kind: 'frame', keyframe, compositionMs, data: body.subarray(position) };
}
