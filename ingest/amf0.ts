import { AppError } from '../platform/errors.ts';

export type AmfValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | AmfValue[]
  | { [name: string]: AmfValue };

/** An encoder's `connect` and `onMetaData` nest twice. */
const MAX_DEPTH = 8;
const MAX_VALUES = 1000;

const MARKER = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  null: 5,
  undefined: 6,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
  longString: 12,
} as const;

const invalid = (what: string) =>
  new AppError({
    code: 'amf_invalid',
    status: 400,
    message: `An RTMP command cannot be read (${what}); use an encoder that speaks RTMP with AMF0.`,
  });

/**
 * The AMF0 values (Adobe AMF0, section 2) of one command or data message. Nothing is read past the
 * end and nothing nests without bound. Throws AppError `amf_invalid`.
 */
export function readAmf0(bytes: Buffer): AmfValue[] {
  const reader = new Amf0Reader(bytes);
  const values: AmfValue[] = [];
  while (!reader.atEnd) values.push(reader.value(0));
  return values;
}

/** The value as an object, when it is one. */
export function amfObject(value: AmfValue): { [name: string]: AmfValue } | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

class Amf0Reader {
  readonly #bytes: Buffer;
  #position = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  value(depth: number): AmfValue {
    if (depth > MAX_DEPTH) throw invalid('it nests too deep');
    if (++this.#values > MAX_VALUES) throw invalid('it holds too many values');
    const marker = this.#bytes[this.#take(1)];
    switch (marker) {
      case MARKER.number:
        return this.#bytes.readDoubleBE(this.#take(8));
      case MARKER.boolean:
        return this.#bytes[this.#take(1)] !== 0;
      case MARKER.string:
        return this.#text(this.#bytes.readUInt16BE(this.#take(2)));
      case MARKER.longString:
        return this.#text(this.#bytes.readUInt32BE(this.#take(4)));
      case MARKER.ecmaArray:
        this.#take(4);
        return this.#object(depth);
      case MARKER.object:
        return this.#object(depth);
      case MARKER.strictArray:
        return this.#array(depth);
      case MARKER.date:
        return this.#bytes.readDoubleBE(this.#take(10));
      case MARKER.null:
        return null;
      case MARKER.undefined:
        return undefined;
      default:
        throw invalid(`a value has the unknown type ${marker}`);
    }
  }

  #object(depth: number): { [name: string]: AmfValue } {
    const entries: [string, AmfValue][] = [];
    for (;;) {
      const name = this.#text(this.#bytes.readUInt16BE(this.#take(2)));
      if (name === '' && this.#bytes[this.#position] === MARKER.objectEnd) {
        this.#take(1);
        return Object.fromEntries(entries);
      }
      entries.push([name, this.value(depth + 1)]);
    }
  }

  #array(depth: number): AmfValue[] {
    const count = this.#bytes.readUInt32BE(this.#take(4));
    if (count > MAX_VALUES) throw invalid('it holds too many values');
    return Array.from({ length: count }, () => this.value(depth + 1));
  }

  #text(length: number): string {
    const start = this.#take(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** Steps over `length` bytes and says where they begin. */
  #take(length: number): number {
    const start = this.#position;
    if (start + length > this.#bytes.length) throw invalid('it ends too early');
    this.#position = start + length;
    return start;
  }
}
