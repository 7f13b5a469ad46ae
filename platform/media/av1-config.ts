import { BitReader, badMedia } from './bit-reader.ts';
import type { VideoConfig } from './video-config.ts';
import { checkSize } from './video-size.ts';

const PROFILES = ['Main', 'High', 'Professional'];
const SEQUENCE_HEADER = 1;

/**
 * AV1CodecConfigurationRecord (AV1 in ISO base media, section 2.3) and its sequence header.
 * Throws AppError `av1_config_invalid`, `media_config_truncated` or `video_size_invalid`.
 */
export function parseAv1Config(av1C: Buffer): VideoConfig {
  const header = av1C.length >= 4 && av1C[0] === 0x81 ? findSequenceHeader(av1C) : null;
  if (header === null) {
    throw badMedia(
      'av1_config_invalid',
      'The AV1 configuration record holds no sequence header; restart the encoder.',
    );
  }
  const { width, height, fps } = parseSequenceHeader(header);
  checkSize(width, height);
  const profile = (av1C[1] ?? 0) >> 5;
  const level = (av1C[1] ?? 0) & 0x1f;
  const flags = av1C[2] ?? 0;
  const depth = flags & 0x40 ? (profile === 2 && flags & 0x20 ? 12 : 10) : 8;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return {
    codec: 'av1',
    profile: PROFILES[profile] ?? `Profile ${profile}`,
    codecs: `av01.${profile}.${twoDigits(level)}${flags & 0x80 ? 'H' : 'M'}.${twoDigits(depth)}`,
    width,
    height,
    fps,
    reorderFrames: 0,
    nalLengthBytes: 0,
  };
}

function findSequenceHeader(av1C: Buffer): Buffer | null {
  let position = 4;
  while (position < av1C.length) {
    const head = av1C[position] ?? 0;
    position += head & 4 ? 2 : 1;
    let size = av1C.length - position;
    if (head & 2) {
      // leb128, AV1 section 4.10.5
      size = 0;
      for (let shift = 0; shift < 28; shift += 7) {
        const byte = av1C[position++] ?? 0;
        size |= (byte & 0x7f) << shift;
        if (!(byte & 0x80)) break;
      }
    }
    if (((head >> 3) & 15) === SEQUENCE_HEADER) return av1C.subarray(position, position + size);
    position += size;
  }
  return null;
}

/** sequence_header_obu, AV1 section 5.5.1, as far as the frame size. */
function parseSequenceHeader(bytes: Buffer): { width: number; height: number; fps: number | null } {
  const reader = new BitReader(bytes);
  reader.skip(4); // seq_profile, still_picture
  let fps: number | null = null;
  if (reader.flag()) reader.skip(5);
  else fps = readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  return { width: reader.bits(widthBits) + 1, height: reader.bits(heightBits) + 1, fps };
}

function readOperatingPoints(reader: BitReader): number | null {
  let fps: number | null = null;
  let delayBits = 0;
  if (reader.flag()) {
    const units = reader.bits(32);
    const scale = reader.bits(32);
    const ticks = reader.flag() ? reader.unsignedGolomb() + 1 : 0;
    if (units > 0 && ticks > 0) fps = scale / (units * ticks);
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5);
    }
  }
  const displayDelay = reader.flag();
  const points = reader.bits(5) + 1;
  for (let point = 0; point < points; point++) {
    reader.skip(12);
    if (reader.bits(5) > 7) reader.bit();
    if (delayBits > 0 && reader.flag()) reader.skip(2 * delayBits + 1);
    if (displayDelay && reader.flag()) reader.skip(4);
  }
  return fps !== null && fps >= 1 && fps <= 480 ? fps : null;
}
