import { BitReader, badMedia, unescapeNal } from './bit-reader.ts';
import type { VideoConfig } from './video-config.ts';
import { checkSize } from './video-size.ts';

const PROFILES: Record<number, string> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4 Predictive',
};
const WITH_CHROMA_FORMAT = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const EXTENDED_SAR = 255;

const hex = (byte: number | undefined) => (byte ?? 0).toString(16).padStart(2, '0');

/**
 * AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1) and the first SPS in it.
 * Throws AppError `avc_config_invalid`, `media_config_truncated` or `video_size_invalid`.
 */
export function parseAvcConfig(avcC: Buffer): VideoConfig {
  const spsLength = avcC.length >= 8 ? avcC.readUInt16BE(6) : 0;
  const sps = avcC.subarray(8, 8 + spsLength);
  const spsCount = (avcC[5] ?? 0) & 0x1f;
  if (avcC[0] !== 1 || spsCount === 0 || sps.length < 4 || sps.length < spsLength) {
    throw badMedia(
      'avc_config_invalid',
      'The H.264 configuration record holds no parameter set; restart the encoder.',
    );
  }
  const profileIdc = sps[1] ?? 0;
  const constraints = sps[2] ?? 0;
  const constrained = profileIdc === 66 && (constraints & 0x40) !== 0;
  const parsed = parseSps(unescapeNal(sps.subarray(1)), profileIdc);
  checkSize(parsed.width, parsed.height);
  return {
    codec: 'h264',
    profile: `${constrained ? 'Constrained ' : ''}${PROFILES[profileIdc] ?? `Profile ${profileIdc}`}`,
    codecs: `avc1.${hex(profileIdc)}${hex(constraints)}${hex(sps[3])}`,
    width: parsed.width,
    height: parsed.height,
    fps: parsed.fps,
    reorderFrames: profileIdc === 66 ? 0 : parsed.reorderFrames,
    nalLengthBytes: ((avcC[4] ?? 3) & 3) + 1,
  };
}

type Sps = Pick<VideoConfig, 'width' | 'height' | 'fps' | 'reorderFrames'>;

/** seq_parameter_set_data, H.264 section 7.3.2.1.1. */
function parseSps(bytes: Uint8Array, profileIdc: number): Sps {
  const reader = new BitReader(bytes);
  reader.skip(24);
  reader.unsignedGolomb(); // seq_parameter_set_id
  const chromaFormat = WITH_CHROMA_FORMAT.has(profileIdc) ? readChroma(reader) : 1;
  reader.unsignedGolomb(); // log2_max_frame_num_minus4
  const pocType = readPictureOrder(reader);
  reader.unsignedGolomb(); // max_num_ref_frames
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const widthInMbs = reader.unsignedGolomb() + 1;
  const heightInUnits = reader.unsignedGolomb() + 1;
  const framesOnly = reader.bit();
  if (!framesOnly) reader.bit();
  reader.bit(); // direct_8x8_inference_flag
  const crop = reader.flag() ? [0, 0, 0, 0].map(() => reader.unsignedGolomb()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const cropX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const cropY = (chromaFormat === 1 ? 2 : 1) * (2 - framesOnly);
  const vui = reader.flag() ? readVui(reader) : { fps: null, reorderFrames: null };
  return {
    width: widthInMbs * 16 - (left + right) * cropX,
    height: heightInUnits * 16 * (2 - framesOnly) - (top + bottom) * cropY,
    fps: vui.fps,
    reorderFrames: pocType === 2 ? 0 : vui.reorderFrames,
  };
}

function readChroma(reader: BitReader): number {
  const chromaFormat = reader.unsignedGolomb();
  const separatePlanes = chromaFormat === 3 && reader.flag();
  reader.unsignedGolomb(); // bit_depth_luma_minus8
  reader.unsignedGolomb(); // bit_depth_chroma_minus8
  reader.bit(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++)
      if (reader.flag()) skipScaling(reader, list < 6 ? 16 : 64);
  }
  return separatePlanes ? 0 : chromaFormat;
}

function skipScaling(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < size; index++) {
    if (next !== 0) next = (last + reader.signedGolomb() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function readPictureOrder(reader: BitReader): number {
  const pocType = reader.unsignedGolomb();
  if (pocType === 0) reader.unsignedGolomb();
  if (pocType === 1) {
    reader.bit();
    reader.signedGolomb();
    reader.signedGolomb();
    const cycle = reader.unsignedGolomb();
    for (let index = 0; index < cycle; index++) reader.signedGolomb();
  }
  return pocType;
}

/** vui_parameters, H.264 annex E.1.1: the timing and the bitstream restriction are wanted. */
function readVui(reader: BitReader): Pick<Sps, 'fps' | 'reorderFrames'> {
  if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.skip(32);
  if (reader.flag()) reader.bit(); // overscan
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.unsignedGolomb();
    reader.unsignedGolomb();
  }
  const fps = reader.flag() ? readTiming(reader) : null;
  const nalHrd = reader.flag();
  if (nalHrd) skipHrd(reader);
  const vclHrd = reader.flag();
  if (vclHrd) skipHrd(reader);
  if (nalHrd || vclHrd) reader.bit();
  reader.bit(); // pic_struct_present_flag
  if (!reader.flag()) return { fps, reorderFrames: null };
  reader.bit();
  for (let field = 0; field < 4; field++) reader.unsignedGolomb();
  return { fps, reorderFrames: reader.unsignedGolomb() };
}

/** A frame is two ticks, also in progressive video (annex E.2.1). */
function readTiming(reader: BitReader): number | null {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  reader.bit();
  const fps = unitsInTick > 0 ? timeScale / (2 * unitsInTick) : 0;
  return fps >= 1 && fps <= 480 ? fps : null;
}

function skipHrd(reader: BitReader): void {
  const count = reader.unsignedGolomb() + 1;
  reader.skip(8);
  for (let index = 0; index < count; index++) {
    reader.unsignedGolomb();
    reader.unsignedGolomb();
    reader.bit();
  }
  reader.skip(20);
}
