import { box, text, u32 } from './box-writer.ts';
import { TRACK_ID } from './init-segment.ts';
import type { Sample } from './track.ts';

const SEGMENT_TYPE = box('styp', text('iso6'), u32(0), text('iso6cmfs'));
const SYNC_SAMPLE = 0x02000000;
const DEPENDENT_SAMPLE = 0x01010000;
const DEFAULT_BASE_IS_MOOF = 0x020000;
const HAS_DURATION = 0x100;
const HAS_SIZE = 0x200;
const HAS_FLAGS = 0x400;
const HAS_COMPOSITION = 0x800;
/** moof, mfhd, traf, tfhd, tfdt and trun without its entries. */
const MOOF_BYTES = 8 + 16 + 8 + 20 + 20 + 20;

/**
 * One CMAF chunk: moof and mdat in one buffer, allocated once.
 * @param fragment.end decode time at which the last sample ends, ticks
 * @param fragment.first begins its segment: a styp goes before it
 */
export function writeFragment(fragment: {
  kind: 'video' | 'audio';
  sequence: number;
  samples: readonly Sample[];
  end: number;
  first: boolean;
}): Buffer {
  const { samples, kind } = fragment;
  const entryBytes = kind === 'video' ? 16 : 8;
  const moofBytes = MOOF_BYTES + samples.length * entryBytes;
  const mediaBytes = samples.reduce((sum, sample) => sum + sample.data.length, 0);
  const start = fragment.first ? SEGMENT_TYPE.length : 0;
  // Not from the shared pool: parts live for a minute and would pin it.
  const bytes = Buffer.allocUnsafeSlow(start + moofBytes + 8 + mediaBytes);
  if (fragment.first) SEGMENT_TYPE.copy(bytes);
  let at = writeHeaders(bytes, start, { ...fragment, moofBytes });
  const end = samples.length - 1;
  samples.forEach((sample, index) => {
    const next = index === end ? fragment.end : (samples[index + 1]?.time ?? fragment.end);
    bytes.writeUInt32BE(next - sample.time, at);
    bytes.writeUInt32BE(sample.data.length, at + 4);
    if (kind === 'video') {
      bytes.writeUInt32BE(sample.keyframe ? SYNC_SAMPLE : DEPENDENT_SAMPLE, at + 8);
      bytes.writeInt32BE(sample.composition, at + 12);
    }
    at += entryBytes;
  });
  at = bytes.writeUInt32BE(8 + mediaBytes, at);
  at += bytes.write('mdat', at, 'latin1');
  for (const sample of samples) {
    bytes.set(sample.data, at);
    at += sample.data.length;
  }
  return bytes;
}

interface Headers {
  kind: 'video' | 'audio';
  sequence: number;
  samples: readonly Sample[];
  moofBytes: number;
}

function writeHeaders(bytes: Buffer, start: number, options: Headers): number {
  const { kind, samples, moofBytes } = options;
  const trafBytes = moofBytes - 24;
  const trunFlags =
    0x1 | HAS_DURATION | HAS_SIZE | (kind === 'video' ? HAS_FLAGS | HAS_COMPOSITION : 0);
  let at = start;
  const word = (value: number) => {
    at = bytes.writeUInt32BE(value, at);
  };
  const head = (size: number, type: string) => {
    word(size);
    at += bytes.write(type, at, 'latin1');
  };
  head(moofBytes, 'moof');
  head(16, 'mfhd');
  word(0);
  word(options.sequence >>> 0);
  head(trafBytes, 'traf');
  head(20, 'tfhd');
  word(DEFAULT_BASE_IS_MOOF | 0x20);
  word(TRACK_ID);
  word(kind === 'video' ? DEPENDENT_SAMPLE : SYNC_SAMPLE);
  head(20, 'tfdt');
  word(0x01000000);
  at = bytes.writeBigUInt64BE(BigInt(samples[0]?.time ?? 0), at);
  head(trafBytes - 48, 'trun');
  word(((kind === 'video' ? 0x01000000 : 0) | trunFlags) >>> 0);
  word(samples.length);
  word(moofBytes + 8);
  return at;
}
