/**
 * A picture that carries the wall clock of its own making: a row of black and white blocks, big
 * enough for any encoder, most significant bit first, then parity bits. Once a second the whole
 * row below it turns white while the sound beeps, so that sound and picture can be compared too.
 */
export const CLOCK = {
  /** Wall ms modulo 2^24: 4.6 hours. */
  valueBits: 24,
  parityBits: 4,
  /** Height of each of the two rows, as a share of the picture. */
  rowHeight: 1 / 9,
  beepHz: 1000,
  beepMs: 60,
  sampleRate: 48_000,
} as const;

export const CLOCK_BITS = CLOCK.valueBits + CLOCK.parityBits;
export const CLOCK_MODULUS = 2 ** CLOCK.valueBits;

const WHITE = 235;
const BLACK = 16;
const GREY = 128;

/** The parity nibble: the sum of the value's nibbles, so that a half-decoded frame is noticed. */
export function parityOf(value: number): number {
  let sum = 0;
  for (let shift = 0; shift < CLOCK.valueBits; shift += 4) {
    sum += (value >>> shift) & 0xf;
  }
  return (sum + 5) & 0xf;
}

/** Paints frames in yuv420p; the buffer it returns is its own and changes with the next call. */
export class BurnedClock {
  readonly #width: number;
  readonly #height: number;
  readonly #frame: Buffer;
  readonly #texture: Buffer;

  /** @param detail 0 to 1: how hard the moving background is to encode */
  constructor(options: { width: number; height: number; detail: number }) {
    this.#width = options.width;
    this.#height = options.height;
    this.#frame = Buffer.alloc((options.width * options.height * 3) / 2, GREY);
    this.#texture = textureOf(options);
  }

  paint(wallMs: number, frame: number, flash: boolean): Buffer {
    const rows = Math.round(this.#height * CLOCK.rowHeight);
    const value = wallMs % CLOCK_MODULUS;
    this.#fillRow(0, rows, (bit) => (bitOf(value, bit) ? WHITE : BLACK));
    this.#fillRow(rows, 2 * rows, () => (flash ? WHITE : BLACK));
    this.#scroll(2 * rows, frame);
    return this.#frame;
  }

  #fillRow(from: number, to: number, shade: (bit: number) => number): void {
    const width = this.#width;
    for (let bit = 0; bit < CLOCK_BITS; bit += 1) {
      const left = Math.round((bit * width) / CLOCK_BITS);
      const right = Math.round(((bit + 1) * width) / CLOCK_BITS);
      this.#frame.fill(shade(bit), from * width + left, from * width + right);
    }
    for (let row = from + 1; row < to; row += 1) {
      this.#frame.copyWithin(row * width, from * width, (from + 1) * width);
    }
  }

  #scroll(from: number, frame: number): void {
    const width = this.#width;
    const size = (this.#height - from) * width;
    const offset = ((frame * 3) % this.#height) * width + ((frame * 2) % width);
    this.#texture.copy(this.#frame, from * width, offset, offset + size);
  }
}

const bitOf = (value: number, bit: number): boolean => {
  if (bit < CLOCK.valueBits) return ((value >>> (CLOCK.valueBits - 1 - bit)) & 1) === 1;
  return ((parityOf(value) >>> (CLOCK_BITS - 1 - bit)) & 1) === 1;
};

/** Twice the picture high, so that every offset has a whole picture below it. */
function textureOf({ width, height, detail }: { width: number; height: number; detail: number }) {
  const texture = Buffer.alloc(width * (height * 2 + 1));
  let seed = 12_345;
  for (let index = 0; index < texture.length; index += 1) {
    seed = (seed * 1_103_515_245 + 12_345) >>> 0;
    const wave = Math.sin(index / 37) * 40 + Math.sin(index / width / 23) * 40;
    texture[index] = GREY + wave + ((seed >>> 16) % 64) * detail;
  }
  return texture;
}

/** Mono s16le from sample `from` to `to`: a beep at the start of every second. */
export function beeps(from: number, to: number): Buffer {
  const pcm = Buffer.alloc((to - from) * 2);
  const beepSamples = (CLOCK.beepMs / 1000) * CLOCK.sampleRate;
  for (let sample = from; sample < to; sample += 1) {
    const phase = sample % CLOCK.sampleRate;
    if (phase < beepSamples) {
      const level = Math.sin((2 * Math.PI * CLOCK.beepHz * phase) / CLOCK.sampleRate);
      pcm.writeInt16LE(Math.round(level * 20_000), (sample - from) * 2);
    }
  }
  return pcm;
}
