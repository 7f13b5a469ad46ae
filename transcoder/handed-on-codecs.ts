import { writeFlvHeader, writeFlvTag } from '../platform/media/flv-tag.ts';
import type { VideoCodec } from '../platform/stream.ts';
import { runOnce } from './ffmpeg-command.ts';

const PROBE_MS = 10_000;
const MAX_BYTES = 64 * 1024;
/** hvcC and av1C of a picture of 64x64. */
const ENHANCED = [
  {
    codec: 'hevc',
    fourCc: 'hvc1',
    config:
      '0101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff01600000030090000003000003001e959809210001002842010101600000030090000003000003001ea020810596566924caf0168080000003008000000f0422000100074401c172b42240',
  },
  { codec: 'av1', fourCc: 'av01', config: '81000c000a0a00000002afff9b5f2008' },
] as const;

/** Enhanced RTMP v1: a sequence start and one coded frame. */
function enhancedFlv(fourCc: string, config: string): Buffer {
  const message = (packetType: number, data: Buffer) => {
    const body = Buffer.concat([Buffer.from([0x90 | packetType]), Buffer.from(fourCc), data]);
    return writeFlvTag({ type: 'video', timestampMs: 0, body });
  };
  return Buffer.concat([
    writeFlvHeader({ hasVideo: true, hasAudio: false }),
    message(0, Buffer.from(config, 'hex')),
    message(1, Buffer.alloc(16)),
  ]);
}

/**
 * Which codecs besides H.264 the installed ffmpeg hands on as they come, from FLV to FLV: tried
 * with a few bytes of each, because a version number does not say how it was built.
 */
export async function handedOnCodecs(signal: AbortSignal): Promise<VideoCodec[]> {
  const found: VideoCodec[] = [];
  for (const { codec, fourCc, config } of ENHANCED) {
    const { output } = await runOnce({
      input: enhancedFlv(fourCc, config),
      inputOptions: ['-loglevel', 'level+warning', '-probesize', '32', '-f', 'flv'],
      outputOptions: ['-map', '0:v:0', '-c', 'copy', '-f', 'flv'],
      timeoutMs: PROBE_MS,
      maxOutputBytes: MAX_BYTES,
      signal,
    });
    if (output.includes(fourCc)) found.push(codec);
  }
  return found;
}
