/** First and last byte. */
export interface ByteRange {
  start: number;
  end: number;
}

const SINGLE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * RFC 9110 section 14.1: one range is answered; several, or none that can be read, are as good as
 * none (null: the whole file).
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | null {
  const match = header === undefined ? null : SINGLE.exec(header);
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (start >= size) return 'unsatisfiable';
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return end < start ? null : { start, end };
}

/** The bytes of a range out of buffers that follow each other, without copying. */
export function slices(buffers: readonly Buffer[], { start, end }: ByteRange): Buffer[] {
  const found: Buffer[] = [];
  let position = 0;
  for (const bytes of buffers) {
    const from = Math.max(0, start - position);
    const to = Math.min(bytes.length, end + 1 - position);
    if (from < to) found.push(bytes.subarray(from, to));
    position += bytes.length;
  }
  return found;
}
