import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FlvReader, writeFlvHeader, writeFlvTag } from '../../platform/media/flv-tag.ts';
import { encoderArgs } from './encoder.ts';

/** CEA-608 control codes of channel CC1: two rows that roll up, a new line, row 15 from the left. */
const ROLL_UP = [0x14, 0x25];
const NEW_LINE = [0x14, 0x2d];
const LAST_ROW = [0x14, 0x70];
const NOTHING = [0, 0];
/** Frames from one line to the next. */
const LINE_FRAMES = 60;
const FPS = 30;

export interface CaptionedEncoder {
  /** When the last characters of that line were sent, wall ms; undefined: not yet. */
  spokenAt(line: number): number | undefined;
  stop(): Promise<void>;
}

export interface CaptionedEncoderOptions {
  url: string;
  /** What is said in the n-th line, from 0 on. */
  line: (number: number) => string;
}

/** A picture and a tone, published with one captioned line every two seconds. */
export function startCaptionedEncoder(options: CaptionedEncoderOptions): CaptionedEncoder {
  const args = encoderArgs({ url: 'pipe:1', keyframeSeconds: 1, fps: FPS });
  const encoder = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const input = ['-hide_banner', '-loglevel', 'error', '-fflags', 'nobuffer', '-f', 'flv'];
  const copy = ['-i', 'pipe:0', '-c', 'copy', '-flush_packets', '1', '-f', 'flv', options.url];
  const publisher = spawn('ffmpeg', [...input, ...copy], { stdio: ['pipe', 'ignore', 'ignore'] });
  // It ends first when it is stopped.
  publisher.stdin.on('error', () => encoder.kill('SIGKILL'));
  publisher.stdin.write(writeFlvHeader({ hasVideo: true, hasAudio: true }));
  const spoken = new Map<number, number>();
  let frame = 0;
  const captioned = (body: Buffer): Buffer => {
    const line = Math.floor(frame / LINE_FRAMES);
    const text = options.line(line);
    const { pair, last } = pairOf(text, frame % LINE_FRAMES);
    if (last) spoken.set(line, Date.now());
    frame += 1;
    // Behind FLV's five bytes of a video tag (frame type, packet type, composition time).
    return Buffer.concat([body.subarray(0, 5), lengthPrefixed(sei(pair)), body.subarray(5)]);
  };
  const reader = new FlvReader({
    onTag({ type, timestampMs, body }) {
      if (type !== 'video' && type !== 'audio') return;
      const picture = type === 'video' && isPicture(body);
      const bytes = writeFlvTag({ type, timestampMs, body: picture ? captioned(body) : body });
      publisher.stdin.write(bytes);
    },
  });
  encoder.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
  const ends = [encoder, publisher].map((one) => once(one, 'exit'));
  return {
    spokenAt: (line) => spoken.get(line),
    async stop() {
      encoder.kill('SIGKILL');
      publisher.kill('SIGKILL');
      await Promise.all(ends);
    },
  };
}

/** A video tag that holds a picture, not the decoder's configuration. */
const isPicture = (body: Buffer) => body[1] === 1;

/** What one frame carries of a line: commands twice, as the standard wants them, then its text. */
function pairOf(text: string, frame: number): { pair: number[]; last: boolean } {
  const commands = [ROLL_UP, ROLL_UP, NEW_LINE, NEW_LINE, LAST_ROW, LAST_ROW];
  const command = commands[frame];
  if (command !== undefined) return { pair: command, last: false };
  const at = (frame - commands.length) * 2;
  if (at >= text.length) return { pair: NOTHING, last: false };
  const pair = [...text.slice(at, at + 2).padEnd(2)].map((one) => one.charCodeAt(0));
  return { pair, last: at + 2 >= text.length };
}

/** SEI of user data GA94 (ATSC A/72) with one pair of field 1. */
function sei(pair: number[]): Buffer {
  const message = [0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03, 0x41, 0xff, 0xfc];
  const payload = [...message, ...pair.map(withParity), 0xff];
  return Buffer.from([0x06, 0x04, payload.length, ...payload, 0x80]);
}

/** CEA-608 bytes have seven bits, and an odd number of ones. */
function withParity(code: number): number {
  const ones = code.toString(2).replaceAll('0', '').length;
  return ones % 2 === 0 ? code | 0x80 : code;
}

function lengthPrefixed(nal: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nal.length);
  return Buffer.concat([length, nal]);
}
