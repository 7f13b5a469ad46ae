import type { AmfValue } from './amf0.ts';

const MAX_NAME_LENGTH = 100;
const MAX_FPS = 480;

/** What an encoder says of itself; null: nothing, or nothing that can be right. */
export interface EncoderMetadata {
  encoder: string | null;
  fps: number | null;
  /** Which tracks will come. */
  tracks: { video: boolean; audio: boolean } | null;
}

/** Reads the object of `onMetaData` (Adobe FLV 10.1, E.5). */
export function readMetadata(metadata: { [name: string]: AmfValue }): EncoderMetadata {
  const { encoder, framerate, videocodecid, audiocodecid } = metadata;
  const tracks = { video: isDeclared(videocodecid), audio: isDeclared(audiocodecid) };
  const isRate = typeof framerate === 'number' && framerate >= 1 && framerate <= MAX_FPS;
  return {
    encoder: typeof encoder === 'string' && encoder !== '' ? printable(encoder) : null,
    fps: isRate ? Math.round(framerate * 1000) / 1000 : null,
    tracks: tracks.video || tracks.audio ? tracks : null,
  };
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_NAME_LENGTH);

/** The codec ids: a number, or a name such as `avc1`; 0, '' and null are none. */
const isDeclared = (codecId: AmfValue) => Boolean(codecId);
