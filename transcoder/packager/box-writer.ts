/** A box of ISO 14496-12: size, type, and what it holds. For headers written once, not for media. */
export function box(type: string, ...contents: Uint8Array[]): Buffer {
  const size = contents.reduce((sum, part) => sum + part.length, 8);
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeUInt32BE(size, 0);
  bytes.write(type, 4, 'latin1');
  let position = 8;
  for (const part of contents) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** A box that begins with a version and flags. */
export function fullBox(
  type: string,
  { version = 0, flags = 0 }: { version?: number; flags?: number },
  ...contents: Uint8Array[]
): Buffer {
  return box(type, u32(((version << 24) | flags) >>> 0), ...contents);
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value >>> 0, index * 4);
  });
  return bytes;
}

export function u16(...values: number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value & 0xffff, index * 2);
  });
  return bytes;
}

export const u8 = (...values: number[]): Buffer => Buffer.from(values);
export const zeros = (count: number): Buffer => Buffer.alloc(count);
export const text = (value: string): Buffer => Buffer.from(value, 'latin1');
