/** FLV tag header (Adobe FLV 10.1, E.4.1) and the PreviousTagSize behind the body. */
export const FLV_TAG_HEADER_BYTES = 11;
export const FLV_TAG_TRAILER_BYTES = 4;
/** What an FLV tag adds to the message in it. */
export const ENVELOPE_BYTES = FLV_TAG_HEADER_BYTES + FLV_TAG_TRAILER_BYTES;

/** A whole FLV tag, ready to be sent, with what ingest needs to know of it. */
export interface MediaTag {
  bytes: Buffer;
  mediaMs: number;
  /** A consumer can begin here: a video keyframe, or any frame of a source without video. */
  entry: boolean;
  video: boolean;
}

/** Writes header and trailer round the body that already lies in `bytes`. */
export function frameTag(bytes: Buffer, type: 8 | 9 | 18, mediaMs: number): void {
  const size = bytes.length - FLV_TAG_HEADER_BYTES - FLV_TAG_TRAILER_BYTES;
  bytes[0] = type;
  bytes[1] = size >>> 16;
  bytes[2] = size >>> 8;
  bytes[3] = size;
  bytes[4] = mediaMs >>> 16;
  bytes[5] = mediaMs >>> 8;
  bytes[6] = mediaMs;
  bytes[7] = mediaMs >>> 24;
  bytes[8] = 0;
  bytes[9] = 0;
  bytes[10] = 0;
  bytes.writeUInt32BE(FLV_TAG_HEADER_BYTES + size, FLV_TAG_HEADER_BYTES + size);
}

/** The message inside the tag; shares its memory. */
export const tagBody = (bytes: Buffer): Buffer =>
  bytes.subarray(FLV_TAG_HEADER_BYTES, bytes.length - FLV_TAG_TRAILER_BYTES);
