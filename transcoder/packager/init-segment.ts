import { box, fullBox, text, u8, u16, u32, zeros } from './box-writer.ts';
import type { AudioTrack, Track, VideoTrack } from './track.ts';

/** The one track of every file here. */
export const TRACK_ID = 1;
const UNITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const SAMPLE_ENTRIES = {
  h264: ['avc1', 'avcC'],
  hevc: ['hvc1', 'hvcC'],
  av1: ['av01', 'av1C'],
} as const;
const LANGUAGE_UNDETERMINED = 0x55c4;

/** CMAF header (ISO 23000-19): ftyp and moov of a fragmented file with one track. */
export function writeInitSegment(track: Track): Buffer {
  const ftyp = box('ftyp', text('iso6'), u32(0), text('iso6cmfcmp41'));
  const mvex = box('mvex', fullBox('trex', {}, u32(TRACK_ID, 1, 0, 0, 0)));
  return Buffer.concat([ftyp, box('moov', movieHeader(track.timescale), trackBox(track), mvex)]);
}

function movieHeader(timescale: number): Buffer {
  const rates = Buffer.concat([u32(0x10000), u16(0x100, 0), u32(0, 0)]);
  return fullBox(
    'mvhd',
    {},
    u32(0, 0, timescale, 0),
    rates,
    UNITY_MATRIX,
    zeros(24),
    u32(TRACK_ID + 1),
  );
}

function trackBox(track: Track): Buffer {
  const video = track.kind === 'video';
  const size = video ? u32(track.width * 0x10000, track.height * 0x10000) : u32(0, 0);
  const tkhd = fullBox(
    'tkhd',
    { flags: 7 },
    u32(0, 0, TRACK_ID, 0, 0, 0, 0),
    u16(0, 0, video ? 0 : 0x100, 0),
    UNITY_MATRIX,
    size,
  );
  const mdhd = fullBox('mdhd', {}, u32(0, 0, track.timescale, 0), u16(LANGUAGE_UNDETERMINED, 0));
  const handler = video ? 'vide' : 'soun';
  const hdlr = fullBox('hdlr', {}, u32(0), text(handler), zeros(12), text('Footlight\0'));
  const media = video ? fullBox('vmhd', { flags: 1 }, zeros(8)) : fullBox('smhd', {}, zeros(4));
  const dinf = box('dinf', fullBox('dref', {}, u32(1), fullBox('url ', { flags: 1 })));
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', media, dinf, sampleTable(track))));
}

function sampleTable(track: Track): Buffer {
  const entry = track.kind === 'video' ? videoEntry(track) : audioEntry(track);
  return box(
    'stbl',
    fullBox('stsd', {}, u32(1), entry),
    fullBox('stts', {}, u32(0)),
    fullBox('stsc', {}, u32(0)),
    fullBox('stsz', {}, u32(0, 0)),
    fullBox('stco', {}, u32(0)),
  );
}

function videoEntry(track: VideoTrack): Buffer {
  const [entry, config] = SAMPLE_ENTRIES[track.codec];
  return box(
    entry,
    zeros(6),
    u16(1),
    zeros(16),
    u16(track.width, track.height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    zeros(32),
    u16(0x18, 0xffff),
    box(config, track.config),
  );
}

function audioEntry(track: AudioTrack): Buffer {
  const rate = track.timescale < 0x10000 ? track.timescale * 0x10000 : 0;
  return box(
    'mp4a',
    zeros(6),
    u16(1),
    zeros(8),
    u16(track.channels, 16, 0, 0),
    u32(rate),
    fullBox('esds', {}, elementaryStream(track.config)),
  );
}

/** ES_Descriptor with the decoder's configuration, ISO 14496-1 section 7.2.6.5. */
function elementaryStream(config: Buffer): Buffer {
  const specific = descriptor(5, config);
  const decoder = descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(0, 0), specific);
  return descriptor(3, u16(TRACK_ID), u8(0), decoder, descriptor(6, u8(2)));
}

function descriptor(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length;
  return Buffer.concat([
    u8(
      tag,
      0x80 | (size >> 21),
      0x80 | ((size >> 14) & 0x7f),
      0x80 | ((size >> 7) & 0x7f),
      size & 0x7f,
    ),
    body,
  ]);
}
