import { AppError } from '../errors.ts';

/** What every parser in this folder throws for bytes that are not what they claim to be. */
export function badMedia(code: string, message: string): AppError {
  return new AppError({ code, message, status: 400 });
}

/** Reads big-endian bits; throws AppError `media_config_truncated` past the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bitsLeft(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  /** @param count 0 to 32 */
  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left--) value = value * 2 + this.bit();
    return value;
  }

  bit(): number {
    const byte = this.#bytes[this.#position >> 3];
    if (byte === undefined) {
      throw badMedia(
        'media_config_truncated',
        'The codec configuration ends in the middle of a field; restart the encoder.',
      );
    }
    const bit = (byte >> (7 - (this.#position & 7))) & 1;
    this.#position++;
    return bit;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  skip(count: number): void {
    if (count > this.bitsLeft) this.#position = this.#bytes.length * 8;
    else this.#position += count;
  }

  /** ue(v), H.264 section 9.1. */
  unsignedGolomb(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > 31) {
        throw badMedia(
          'media_config_invalid',
          'The codec configuration holds an impossible number; restart the encoder.',
        );
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v), H.264 section 9.1.1. */
  signedGolomb(): number {
    const code = this.unsignedGolomb();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Removes the emulation prevention bytes of a NAL unit (00 00 03), H.264 section 7.4.1. */
export function unescapeNal(nal: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    bytes[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return bytes.subarray(0, length);
}
