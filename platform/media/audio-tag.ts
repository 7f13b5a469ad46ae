import { badMedia } from './bit-reader.ts';
import { skipModEx } from './video-tag.ts';

export interface AudioTag {
  codec: 'aac' | 'mp3' | 'opus' | 'other';
  /** `config`: data is the decoder's configuration (AAC: AudioSpecificConfig). `frame`: one raw frame. */
  kind: 'config' | 'frame' | 'end' | 'other';
  data: Buffer;
}

const EMPTY = Buffer.alloc(0);
const FOUR_CCS: Record<string, AudioTag['codec']> = { mp4a: 'aac', '.mp3': 'mp3', Opus: 'opus' };
const AAC = 10;
const MP3 = [2, 14];
const EX_HEADER = 9;
const MULTITRACK = 5;
const MOD_EX = 7;

const truncated = () =>
  badMedia(
    'audio_tag_truncated',
    'An audio message is shorter than its own header; restart the encoder.',
  );

/**
 * The body of an FLV audio tag or RTMP audio message. Throws AppError `audio_tag_truncated`; a codec
 * that is not known is `other`. `data` shares memory with `body`.
 */
export function parseAudioTag(body: Buffer): AudioTag {
  const first = body[0];
  if (first === undefined) throw truncated();
  const format = first >> 4;
  if (format === EX_HEADER) return parseEnhanced(body, first);
  if (format === AAC) {
    const packetType = body[1];
    if (packetType === undefined) throw truncated();
    const kind = packetType === 0 ? 'config' : packetType === 1 ? 'frame' : 'other';
    return { codec: 'aac', kind, data: body.subarray(2) };
  }
  return { codec: MP3.includes(format) ? 'mp3' : 'other', kind: 'frame', data: body.subarray(1) };
}

function parseEnhanced(body: Buffer, first: number): AudioTag {
  let packetType: number = first & 0x0f;
  let position = 1;
  while (packetType === MOD_EX) ({ position, packetType } = skipModEx(body, position));
  if (packetType === MULTITRACK) return { codec: 'other', kind: 'other', data: EMPTY };
  if (body.length < position + 4) throw truncated();
  const codec = FOUR_CCS[body.toString('latin1', position, position + 4)] ?? 'other';
  const kind = (['config', 'frame', 'end'] as const)[packetType] ?? 'other';
  return { codec, kind, data: body.subarray(position + 4) };
}
