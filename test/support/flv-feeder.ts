import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  FlvReader,
  type FlvTag,
  writeFlvHeader,
  writeFlvTag,
} from '../../platform/media/flv-tag.ts';
import { FIRST_MEDIA_MS } from '../../platform/stream.ts';
import type { PackagerRun } from '../../transcoder/packager/stream-packager.ts';

const run = promisify(execFile);

export interface Recording {
  tags: FlvTag[];
  /** ms from its first to its last timestamp. */
  lengthMs: number;
}

export interface RecordingOptions {
  seconds: number;
  /** As ffmpeg reads it: `30`, `30000/1001`; null: no video. */
  fps?: string | null;
  size?: string;
  /** Seconds between keyframes. */
  gop?: number;
  /** Hz; null: no audio. */
  audioRate?: number | null;
  bFrames?: number;
  /** Frames that are shown before a keyframe may follow it. */
  openGops?: boolean;
  /** Seconds at which keyframes are, instead of `gop`. */
  keyframesAt?: number[];
}

/** Media as an encoder sends it, timestamps from 0, made as fast as the machine can. */
export async function record(options: RecordingOptions): Promise<Recording> {
  const {
    seconds,
    fps = '30',
    size = '320x180',
    gop = 2,
    audioRate = 48_000,
    bFrames = 0,
    openGops = false,
    keyframesAt,
  } = options;
  const args = ['-v', 'error', '-nostdin'];
  if (fps !== null) args.push('-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}`);
  if (audioRate !== null) args.push('-f', 'lavfi', '-i', `sine=sample_rate=${audioRate}`);
  if (fps !== null) {
    args.push('-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p');
    args.push('-bf', String(bFrames), '-b_strategy', '0', '-sc_threshold', '0');
    // Forced keyframes close the group before them.
    if (openGops) args.push('-g', String(gop * Number(fps)), '-x264-params', 'open-gop=1');
    else {
      const times = keyframesAt?.join() ?? `expr:gte(t,n_forced*${gop})`;
      args.push('-g', '9999', '-force_key_frames', times);
    }
  }
  if (audioRate !== null) args.push('-c:a', 'aac', '-b:a', '64k', '-ac', '2');
  args.push('-t', String(seconds), '-f', 'flv', 'pipe:1');
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  const tags: FlvTag[] = [];
  const reader = new FlvReader({
    onTag: (tag) => tags.push({ ...tag, body: Buffer.from(tag.body) }),
  });
  reader.push(stdout);
  return { tags, lengthMs: tags.at(-1)?.timestampMs ?? 0 };
}

export interface FeedOptions {
  /** Media seconds a wall second. */
  speed: number;
  /** Media time of the recording's beginning. */
  atMs?: number;
  /** Which renditions get the video; `audio` gets the audio. */
  videos?: string[];
  /** True: this rendition does not get this tag. */
  withhold?: (rendition: string, timestampMs: number) => boolean;
}

/** How late the pace is made up for; a process that was held up longer goes on, and does not rush. */
const MOST_LATE_MS = 5;

/** Pushes a recording into a run, nowhere faster than its pace; settles with its last tag. */
export async function feed(
  target: PackagerRun,
  recording: Recording,
  options: FeedOptions,
): Promise<void> {
  const { speed, atMs = FIRST_MEDIA_MS, videos = ['source'], withhold } = options;
  const header = writeFlvHeader({ hasVideo: true, hasAudio: true });
  for (const rendition of [...videos, 'audio']) target.push(rendition, header);
  let startedAt = performance.now();
  for (const { type, timestampMs, body } of recording.tags) {
    if (type !== 'audio' && type !== 'video') continue;
    const now = performance.now();
    startedAt = Math.max(startedAt, now - MOST_LATE_MS - timestampMs / speed);
    const dueIn = startedAt + timestampMs / speed - now;
    if (dueIn > 2) await new Promise((due) => setTimeout(due, dueIn));
    const bytes = writeFlvTag({ type, timestampMs: timestampMs + atMs, body });
    for (const rendition of type === 'video' ? videos : ['audio']) {
      if (withhold?.(rendition, timestampMs) !== true) target.push(rendition, bytes);
    }
  }
}
