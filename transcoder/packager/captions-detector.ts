const SEI_H264 = 6;
const SEI_PREFIX_HEVC = 39;
/** itu_t_t35: United States, ATSC, then the identifier of caption data (ATSC A/72, table 6.7). */
const GA94 = Buffer.from([0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03]);
const CC_VALID = 0x04;

/**
 * Does this H.264 or HEVC sample carry CEA-608 characters? Padding that encoders send in every
 * frame does not count.
 */
export function hasCaptions(
  sample: Buffer,
  { codec, nalLengthBytes }: { codec: 'h264' | 'hevc' | 'av1'; nalLengthBytes: number },
): boolean {
  if (codec === 'av1' || nalLengthBytes === 0) return false;
  let position = 0;
  while (position + nalLengthBytes < sample.length) {
    const size = sample.readUIntBE(position, nalLengthBytes);
    const start = position + nalLengthBytes;
    const head = sample[start] ?? 0;
    const isSei =
      codec === 'h264' ? (head & 0x1f) === SEI_H264 : ((head >> 1) & 0x3f) === SEI_PREFIX_HEVC;
    if (isSei && holdsCharacters(sample.subarray(start, start + size))) return true;
    // Supplemental information stands before the picture.
    if (codec === 'h264' && (head & 0x1f) <= 5) return false;
    position = start + size;
  }
  return false;
}

/** cc_data, ANSI/CTA-708 section 4.4: field 1 or 2 with a character pair other than nulls. */
function holdsCharacters(sei: Buffer): boolean {
  const at = sei.indexOf(GA94);
  if (at < 0) return false;
  const count = (sei[at + GA94.length] ?? 0) & 0x1f;
  for (let index = 0; index < count; index++) {
    const triplet = at + GA94.length + 2 + index * 3;
    const head = sei[triplet] ?? 0;
    const characters = ((sei[triplet + 1] ?? 0) | (sei[triplet + 2] ?? 0)) & 0x7f;
    if ((head & CC_VALID) !== 0 && (head & 3) <= 1 && characters !== 0) return true;
  }
  return false;
}
