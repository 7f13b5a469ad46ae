import { spawn } from 'node:child_process';
import { writeFlvHeader, writeFlvTag } from './media/flv-tag.ts';
import type { VideoCodec } from './stream.ts';

export interface FfmpegCapabilities {
  /** As it names itself: `5.1.6-0+deb12u1`; null: there is no ffmpeg. */
  version: string | null;
  /** Video codecs it reads from FLV, and so from an encoder. */
  flvCodecs: VideoCodec[];
}

const PROBE_MS = 10_000;
/** Codec names of ffprobe, and a configuration record as short as each parser takes it. */
const ENHANCED = [
  { codec: 'hevc', fourCc: 'hvc1', config: '0101600000009000000000005df000fcfdf8f800000f00' },
  { codec: 'av1', fourCc: 'av01', config: '81050c00' },
] as const;

/**
 * Asks the ffmpeg in PATH what it can read: a version number would not say, because distributions
 * build it differently. A few bytes of each codec, in FLV as Enhanced RTMP has it, tell.
 */
export async function readFfmpegCapabilities(
  programs: { ffmpeg: string; ffprobe: string } = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
): Promise<FfmpegCapabilities> {
  const banner = await output(programs.ffmpeg, ['-hide_banner', '-version'], Buffer.alloc(0));
  const version = /^ffmpeg version (\S+)/.exec(banner)?.[1] ?? null;
  if (version === null) return { version, flvCodecs: [] };
  const flvCodecs: VideoCodec[] = ['h264'];
  for (const { codec, fourCc, config } of ENHANCED) {
    if (await reads(programs.ffprobe, codec, enhancedFlv(fourCc, config))) flvCodecs.push(codec);
  }
  return { version, flvCodecs };
}

async function reads(ffprobe: string, codec: string, flv: Buffer): Promise<boolean> {
  const entries = [
    '-show_entries',
    'stream=codec_name',
    '-of',
    'default=nokey=1:noprint_wrappers=1',
  ];
  const args = ['-v', 'quiet', '-f', 'flv', '-probesize', '32', ...entries, 'pipe:0'];
  return (await output(ffprobe, args, flv)).split('\n').includes(codec);
}

/** Enhanced RTMP v1: a sequence start and one coded frame. */
function enhancedFlv(fourCc: string, config: string): Buffer {
  const message = (packetType: number, data: Buffer) =>
    Buffer.concat([Buffer.from([0x90 | packetType]), Buffer.from(fourCc, 'latin1'), data]);
  const frame = Buffer.alloc(16);
  return Buffer.concat([
    writeFlvHeader({ hasVideo: true, hasAudio: false }),
    writeFlvTag({ type: 'video', timestampMs: 0, body: message(0, Buffer.from(config, 'hex')) }),
    writeFlvTag({ type: 'video', timestampMs: 0, body: message(1, frame) }),
    writeFlvTag({ type: 'video', timestampMs: 40, body: message(1, frame) }),
  ]);
}

/** Standard output; empty when the program is missing, fails or takes too long. */
function output(program: string, args: string[], input: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout: PROBE_MS });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      text += chunk;
    });
    child.stdin.on('error', () => {});
    child.once('error', () => resolve(''));
    child.once('close', () => resolve(text));
    child.stdin.end(input);
  });
}
