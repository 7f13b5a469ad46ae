import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FlvReader, type FlvTag } from '../../platform/media/flv-tag.ts';

export interface RecordingOptions {
  width: number;
  height: number;
  fps: number;
  seconds: number;
  /** Held constant, noise included, so that senders of the same recording send the same. */
  videoKbps: number;
  audioKbps: number;
  keyframeSeconds: number;
}

export interface Recording {
  /** The file as ffmpeg wrote it. */
  flv: Buffer;
  /** Audio and video, the codecs' configurations first. */
  tags: FlvTag[];
  durationMs: number;
}

/** Encodes once what many senders send: moving picture, tone, no B-frames, as live encoders do. */
export async function record(options: RecordingOptions): Promise<Recording> {
  const { width, height, fps, seconds, videoKbps, audioKbps, keyframeSeconds } = options;
  const rate = `${videoKbps}k`;
  const args = [
    ...['-loglevel', 'error', '-f', 'lavfi'],
    ...['-i', `testsrc2=size=${width}x${height}:rate=${fps},noise=alls=12:allf=t`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', String(seconds)],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
    ...['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-nal-hrd', 'cbr'],
    ...['-g', String(Math.round(fps * keyframeSeconds)), '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', `${audioKbps}k`, '-ac', '2', '-f', 'flv', '-'],
  ];
  const { stdout } = await promisify(execFile)('ffmpeg', args, {
    encoding: 'buffer',
    maxBuffer: 1 << 30,
  });
  const tags: FlvTag[] = [];
  new FlvReader({ onTag: (tag) => tags.push({ ...tag, body: Buffer.from(tag.body) }) }).push(
    stdout,
  );
  return {
    flv: stdout,
    tags: tags.filter(({ type }) => type === 'audio' || type === 'video'),
    durationMs: seconds * 1000,
  };
}
