import { BitReader, badMedia, unescapeNal } from './bit-reader.ts';
import type { VideoConfig } from './video-config.ts';
import { checkSize } from './video-size.ts';

const PROFILES: Record<number, string> = { 1: 'Main', 2: 'Main 10', 3: 'Main Still Picture' };
const SPS_NAL = 33;

/**
 * HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1) and the first SPS in it.
 * Throws AppError `hevc_config_invalid`, `media_config_truncated` or `video_size_invalid`.
 */
export function parseHevcConfig(hvcC: Buffer): VideoConfig {
  const sps = hvcC.length > 23 && hvcC[0] === 1 ? findSps(hvcC) : null;
  if (sps === null) {
    throw badMedia(
      'hevc_config_invalid',
      'The HEVC configuration record holds no parameter set; restart the encoder.',
    );
  }
  const profileIdc = (hvcC[1] ?? 0) & 0x1f;
  const { width, height } = parseSps(unescapeNal(sps.subarray(2)));
  checkSize(width, height);
  return {
    codec: 'hevc',
    profile: PROFILES[profileIdc] ?? `Profile ${profileIdc}`,
    codecs: codecsOf(hvcC),
    width,
    height,
    fps: null,
    reorderFrames: null,
    nalLengthBytes: ((hvcC[21] ?? 3) & 3) + 1,
  };
}

/** ISO 14496-15, annex E.3. */
function codecsOf(hvcC: Buffer): string {
  const flags = hvcC[1] ?? 0;
  const space = ['', 'A', 'B', 'C'][flags >> 6] ?? '';
  let compatibility = 0;
  const raw = hvcC.readUInt32BE(2);
  for (let bit = 0; bit < 32; bit++) if ((raw >>> bit) & 1) compatibility += 2 ** (31 - bit);
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop();
  const parts = [
    'hvc1',
    `${space}${flags & 0x1f}`,
    compatibility.toString(16).toUpperCase(),
    `${flags & 0x20 ? 'H' : 'L'}${hvcC[12] ?? 0}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ];
  return parts.join('.');
}

function findSps(hvcC: Buffer): Buffer | null {
  let position = 23;
  for (let array = 0; array < (hvcC[22] ?? 0); array++) {
    if (position + 3 > hvcC.length) return null;
    const type = (hvcC[position] ?? 0) & 0x3f;
    const count = hvcC.readUInt16BE(position + 1);
    position += 3;
    for (let index = 0; index < count; index++) {
      if (position + 2 > hvcC.length) return null;
      const length = hvcC.readUInt16BE(position);
      const nal = hvcC.subarray(position + 2, position + 2 + length);
      if (type === SPS_NAL && nal.length === length && length > 15) return nal;
      position += 2 + length;
    }
  }
  return null;
}

/** seq_parameter_set_rbsp, H.265 section 7.3.2.2.1, as far as the conformance window. */
function parseSps(bytes: Uint8Array): { width: number; height: number } {
  const reader = new BitReader(bytes);
  reader.skip(4);
  const subLayers = reader.bits(3);
  reader.bit();
  reader.skip(88 + 8); // general profile and level
  const present = Array.from({ length: subLayers }, () => [reader.bit(), reader.bit()]);
  if (subLayers > 0) reader.skip((8 - subLayers) * 2);
  for (const [profile, level] of present) reader.skip((profile ? 88 : 0) + (level ? 8 : 0));
  reader.unsignedGolomb(); // sps_seq_parameter_set_id
  const chromaFormat = reader.unsignedGolomb();
  if (chromaFormat === 3) reader.bit();
  const width = reader.unsignedGolomb();
  const height = reader.unsignedGolomb();
  if (!reader.flag()) return { width, height };
  const [left = 0, right = 0, top = 0, bottom = 0] = [0, 0, 0, 0].map(() =>
    reader.unsignedGolomb(),
  );
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = chromaFormat === 1 ? 2 : 1;
  return { width: width - (left + right) * unitX, height: height - (top + bottom) * unitY };
}
