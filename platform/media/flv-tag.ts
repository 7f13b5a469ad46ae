import { badMedia } from './bit-reader.ts';

export type FlvTagType = 'audio' | 'video' | 'script' | 'other';

export interface FlvTag {
  type: FlvTagType;
  /** Decode time, whole milliseconds, 32 bits unsigned. */
  timestampMs: number;
  /** May share memory with the chunk that was pushed: copy what has to live longer. */
  body: Buffer;
}

const TYPE_NUMBERS = { audio: 8, video: 9, script: 18 } as const;
const HEADER_BYTES = 9;
/** PreviousTagSize of the tag before, then the tag's own header. */
const TAG_PREFIX_BYTES = 4 + 11;
const DEFAULT_MAX_TAG_BYTES = 8 * 1024 * 1024;

/** File header with the first PreviousTagSize left out: every tag is written behind its own. */
export function writeFlvHeader(has: { hasVideo: boolean; hasAudio: boolean }): Buffer {
  const flags = (has.hasAudio ? 4 : 0) | (has.hasVideo ? 1 : 0);
  return Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, HEADER_BYTES, 0, 0, 0, 0]);
}

/** One tag with its PreviousTagSize behind it. The timestamp is kept modulo 2^32. */
export function writeFlvTag(tag: {
  type: 'audio' | 'video' | 'script';
  timestampMs: number;
  body: Uint8Array;
}): Buffer {
  const size = tag.body.length;
  const bytes = Buffer.allocUnsafe(11 + size + 4);
  const timestamp = Math.round(tag.timestampMs) >>> 0;
  bytes[0] = TYPE_NUMBERS[tag.type];
  bytes.writeUIntBE(size, 1, 3);
  bytes.writeUIntBE(timestamp & 0xffffff, 4, 3);
  bytes[7] = timestamp >>> 24;
  bytes.writeUIntBE(0, 8, 3);
  bytes.set(tag.body, 11);
  bytes.writeUInt32BE(11 + size, 11 + size);
  return bytes;
}

const typeOf = (number: number): FlvTagType =>
  number === 8 ? 'audio' : number === 9 ? 'video' : number === 18 ? 'script' : 'other';

/** Cuts a byte stream into FLV tags; a tag that lies whole in one chunk is not copied. */
export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void;
  readonly #maxTagBytes: number;
  #head = Buffer.alloc(TAG_PREFIX_BYTES);
  #headLength = 0;
  #headWanted = HEADER_BYTES;
  #inFile = false;
  #tag: { type: FlvTagType; timestampMs: number; size: number } | null = null;
  #body: Buffer | null = null;
  #bodyLength = 0;

  constructor(options: { onTag: (tag: FlvTag) => void; maxTagBytes?: number }) {
    this.#onTag = options.onTag;
    this.#maxTagBytes = options.maxTagBytes ?? DEFAULT_MAX_TAG_BYTES;
  }

  /** Throws AppError `flv_invalid` or `flv_tag_too_large`; the reader is of no use after that. */
  push(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length) {
      position =
        this.#tag === null ? this.#readHead(chunk, position) : this.#readBody(chunk, position);
    }
  }

  #readHead(chunk: Buffer, position: number): number {
    const taken = Math.min(this.#headWanted - this.#headLength, chunk.length - position);
    chunk.copy(this.#head, this.#headLength, position, position + taken);
    this.#headLength += taken;
    if (this.#headLength === this.#headWanted) {
      this.#headLength = 0;
      if (this.#inFile) this.#beginTag();
      else this.#beginFile();
    }
    return position + taken;
  }

  #beginFile(): void {
    if (this.#head.toString('latin1', 0, 3) !== 'FLV') {
      throw badMedia('flv_invalid', 'The bytes are not an FLV stream: its signature is missing.');
    }
    this.#inFile = true;
    this.#headWanted = TAG_PREFIX_BYTES;
  }

  #beginTag(): void {
    const head = this.#head;
    const size = head.readUIntBE(5, 3);
    if (size > this.#maxTagBytes) {
      throw badMedia(
        'flv_tag_too_large',
        `An FLV tag of ${size} bytes is larger than the ${this.#maxTagBytes} allowed; lower the bitrate.`,
      );
    }
    const timestampMs = head.readUIntBE(8, 3) + (head[11] ?? 0) * 0x1000000;
    const type = typeOf((head[4] ?? 0) & 0x1f);
    if (size === 0) this.#onTag({ type, timestampMs, body: Buffer.alloc(0) });
    else this.#tag = { type, timestampMs, size };
  }

  #readBody(chunk: Buffer, position: number): number {
    const tag = this.#tag;
    if (tag === null) return position;
    const taken = Math.min(tag.size - this.#bodyLength, chunk.length - position);
    const end = position + taken;
    if (this.#bodyLength === 0 && taken === tag.size) {
      this.#finish(tag, chunk.subarray(position, end));
      return end;
    }
    this.#body ??= Buffer.allocUnsafeSlow(tag.size);
    chunk.copy(this.#body, this.#bodyLength, position, end);
    this.#bodyLength += taken;
    if (this.#bodyLength === tag.size) this.#finish(tag, this.#body);
    return end;
  }

  #finish(tag: { type: FlvTagType; timestampMs: number }, body: Buffer): void {
    this.#tag = null;
    this.#body = null;
    this.#bodyLength = 0;
    this.#onTag({ type: tag.type, timestampMs: tag.timestampMs, body });
  }
}
