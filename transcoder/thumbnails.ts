import type { Log } from '../platform/log.ts';
import { runOnce } from './ffmpeg-command.ts';
import { thumbnails } from './metrics.ts';

const MAX_WIDTH = 640;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 2 * 1024 * 1024;

/** One decode of one keyframe (fragmented MP4), at the lowest priority. Null when it failed. */
async function decode(
  keyframe: Buffer,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<Buffer | null> {
  const { exit, output } = await runOnce({
    input: keyframe,
    inputOptions: ['-loglevel', 'level+warning', '-threads', '1', '-f', 'mp4'],
    outputOptions: [
      ...['-frames:v', '1', '-vf', `scale='min(${MAX_WIDTH},iw)':-2,format=yuvj420p`],
      ...['-threads', '1', '-c:v', 'mjpeg', '-q:v', '5', '-f', 'image2pipe'],
    ],
    timeoutMs: TIMEOUT_MS,
    niceness: 15,
    maxOutputBytes: MAX_BYTES,
    signal,
  });
  const isJpeg = output.length > 4 && output.readUInt16BE(0) === 0xffd8;
  if (exit.kind === 'asked') return null;
  thumbnails.inc({ result: isJpeg ? 'made' : 'failed' });
  if (isJpeg) return output;
  log.warn({ exit: exit.kind, stderr: exit.stderr.slice(-5) }, 'thumbnail was not made');
  return null;
}

export interface Thumbnailer {
  /** JPEG of at most 640 pixels across; null: failed, or another one is being made. */
  make(keyframe: Buffer): Promise<Buffer | null>;
}

/** One at a time for all streams: pictures of the list never compete with what is live. */
export function createThumbnailer(options: { log: Log; signal: AbortSignal }): Thumbnailer {
  let busy = false;
  return {
    async make(keyframe) {
      if (busy) return null;
      busy = true;
      try {
        return await decode(keyframe, options);
      } finally {
        busy = false;
      }
    },
  };
}
