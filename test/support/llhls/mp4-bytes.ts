/** A reading of CMAF bytes for the validator; shares nothing with the code that writes them. */

export interface Fragment {
  /** tfdt, ticks. */
  decodeTime: number;
  durations: number[];
  sizes: number[];
  compositions: number[];
  /** Per sample: sample_is_non_sync_sample is 0. */
  sync: boolean[];
  /** Bytes of its mdat. */
  mediaBytes: number;
}

interface Box {
  type: string;
  start: number;
  /** First byte of its contents. */
  body: number;
  end: number;
}

function* boxes(bytes: Buffer, start: number, end: number): Generator<Box> {
  let position = start;
  while (position < end) {
    if (position + 8 > end) throw new Error(`box header cut off at ${position}`);
    const size = bytes.readUInt32BE(position);
    if (size < 8 || position + size > end) throw new Error(`box of ${size} bytes at ${position}`);
    const type = bytes.toString('latin1', position + 4, position + 8);
    yield { type, start: position, body: position + 8, end: position + size };
    position += size;
  }
}

function find(bytes: Buffer, path: string[], range: { start: number; end: number }): Box | null {
  const [type, ...rest] = path;
  for (const box of boxes(bytes, range.start, range.end)) {
    if (box.type !== type) continue;
    return rest.length === 0 ? box : find(bytes, rest, { start: box.body, end: box.end });
  }
  return null;
}

export interface Init {
  timescale: number;
  handler: string;
  sampleEntry: string;
  trackId: number;
}

export function parseInit(bytes: Buffer): Init {
  const whole = { start: 0, end: bytes.length };
  const media = ['moov', 'trak', 'mdia'];
  const mdhd = find(bytes, [...media, 'mdhd'], whole);
  const hdlr = find(bytes, [...media, 'hdlr'], whole);
  const stsd = find(bytes, [...media, 'minf', 'stbl', 'stsd'], whole);
  const tkhd = find(bytes, ['moov', 'trak', 'tkhd'], whole);
  if (!mdhd || !hdlr || !stsd || !tkhd || !find(bytes, ['moov', 'mvex', 'trex'], whole)) {
    throw new Error('init segment lacks boxes');
  }
  return {
    timescale: bytes.readUInt32BE(mdhd.body + 12),
    handler: bytes.toString('latin1', hdlr.body + 8, hdlr.body + 12),
    sampleEntry: bytes.toString('latin1', stsd.body + 12, stsd.body + 16),
    trackId: bytes.readUInt32BE(tkhd.body + 12),
  };
}

/** Every moof+mdat of a part or a segment. */
export function parseFragments(bytes: Buffer): Fragment[] {
  const fragments: Fragment[] = [];
  let pending: { moof: Box; fragment: Fragment; dataOffset: number } | null = null;
  for (const box of boxes(bytes, 0, bytes.length)) {
    if (box.type === 'moof') pending = readMoof(bytes, box);
    else if (box.type === 'mdat') {
      if (pending === null) throw new Error('mdat without moof');
      if (pending.moof.start + pending.dataOffset !== box.body) throw new Error('trun data offset');
      pending.fragment.mediaBytes = box.end - box.body;
      const named = pending.fragment.sizes.reduce((sum, size) => sum + size, 0);
      if (named !== pending.fragment.mediaBytes) throw new Error('sample sizes differ from mdat');
      fragments.push(pending.fragment);
      pending = null;
    } else if (box.type !== 'styp' && box.type !== 'prft')
      throw new Error(`unexpected ${box.type}`);
  }
  if (pending !== null) throw new Error('moof without mdat');
  return fragments;
}

function readMoof(bytes: Buffer, moof: Box) {
  const range = { start: moof.body, end: moof.end };
  const trafs = [...boxes(bytes, moof.body, moof.end)].filter((box) => box.type === 'traf');
  if (trafs.length !== 1) throw new Error(`${trafs.length} track fragments`);
  const tfhd = find(bytes, ['traf', 'tfhd'], range);
  const tfdt = find(bytes, ['traf', 'tfdt'], range);
  const trun = find(bytes, ['traf', 'trun'], range);
  if (!tfhd || !tfdt || !trun) throw new Error('track fragment lacks boxes');
  const headerFlags = bytes.readUInt32BE(tfhd.body) & 0xffffff;
  if (!(headerFlags & 0x020000)) throw new Error('default-base-is-moof is not set');
  let at = tfhd.body + 8;
  const word = () => {
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const defaults = { duration: 0, size: 0, flags: 0 };
  if (headerFlags & 0x8) defaults.duration = word();
  if (headerFlags & 0x10) defaults.size = word();
  if (headerFlags & 0x20) defaults.flags = word();
  const wide = bytes[tfdt.body] === 1;
  const decodeTime = wide
    ? Number(bytes.readBigUInt64BE(tfdt.body + 4))
    : bytes.readUInt32BE(tfdt.body + 4);
  return { moof, ...readRun(bytes, trun, { decodeTime, defaults }) };
}

interface RunContext {
  decodeTime: number;
  defaults: { duration: number; size: number; flags: number };
}

function readRun(bytes: Buffer, trun: Box, { decodeTime, defaults }: RunContext) {
  const flags = bytes.readUInt32BE(trun.body) & 0xffffff;
  const signed = bytes[trun.body] === 1;
  const count = bytes.readUInt32BE(trun.body + 4);
  let at = trun.body + 8;
  const word = () => {
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const dataOffset = flags & 1 ? word() : 0;
  if (flags & 4) word();
  const fragment: Fragment = {
    decodeTime,
    durations: [],
    sizes: [],
    compositions: [],
    sync: [],
    mediaBytes: 0,
  };
  for (let index = 0; index < count; index++) {
    fragment.durations.push(flags & 0x100 ? word() : defaults.duration);
    fragment.sizes.push(flags & 0x200 ? word() : defaults.size);
    const sampleFlags = flags & 0x400 ? word() : defaults.flags;
    fragment.sync.push((sampleFlags & 0x10000) === 0);
    const raw = flags & 0x800 ? word() : 0;
    fragment.compositions.push(signed ? raw | 0 : raw);
  }
  if (at !== trun.end) throw new Error('trun has bytes left over');
  return { fragment, dataOffset };
}
