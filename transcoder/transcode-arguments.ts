import type { Source } from '../platform/stream.ts';
import type { AudioRung, Ladder, VideoRung } from './ladder.ts';
import { partTargetMs } from './packager/part-target.ts';
import type { VideoEncoder } from './video-encoder.ts';

export interface TranscodeArguments {
  input: { url: string; options: string[] };
  /** One for each rendition, in the order of the ladder. */
  outputs: { rendition: string; url: string; options: string[] }[];
}

export interface TranscodeRequest {
  source: Source;
  ladder: Ladder;
  encoder: VideoEncoder;
  /** What the encoders may use together. */
  cores: number;
  /** Unix socket that takes the FLV of a rendition. */
  socketOf(rendition: string): string;
  /** Media time at which encoded rungs begin (ms); null: with the first frame of the source. */
  startAtMs: number | null;
  /** Aim for the keyframe distance of a source that is encoded itself. */
  segmentMs: number;
  /** Ceiling of PART-TARGET. */
  partMs: number;
}

/** More pixels a second than one core decodes with ease: 1080p60. */
const SINGLE_CORE_PIXELS = 1920 * 1080 * 60;
/** Half of 720p30: what a slice of its own is worth. */
const PIXELS_A_THREAD = (1280 * 720 * 30) / 2;
const MAX_THREADS = 8;
/** Whoever falls onto an encoded rung has to load from its keyframe on. */
const KEYFRAMES_MS = 1000;
const FLV_OUTPUT = [
  ...['-f', 'flv', '-flush_packets', '1'],
  ...['-flvflags', 'no_duration_filesize+no_sequence_end+no_metadata'],
];

/**
 * The sequence headers of H.264 and AAC come first, so nothing has to be probed and the first frame
 * goes out at once. Other sound has none: its stream shows with its first packet.
 */
function probeOptions({ audio }: Source): string[] {
  const hasHeaders = audio === null || audio.codec === 'aac';
  const [bytes, microseconds] = hasHeaders ? ['32', '0'] : ['500000', '500000'];
  return ['-probesize', bytes, '-analyzeduration', microseconds, '-fpsprobesize', '0'];
}

function inputOptions({ source, encoder }: TranscodeRequest): string[] {
  const pixels =
    (source.video?.width ?? 0) * (source.video?.height ?? 0) * (source.video?.fps ?? 30);
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'level+warning', '-copyts'],
    ...encoder.globalOptions,
    ...probeOptions(source),
    // Frame threads hold a frame back for each thread; slices hold none.
    ...(pixels > SINGLE_CORE_PIXELS ? [] : ['-thread_type:v', 'slice']),
    ...['-seekable', '0', '-f', 'flv'],
  ];
}

/** Encoded rungs begin on the frame on which the copied source does, so that segments align. */
function startFilter({ startAtMs, ladder }: TranscodeRequest): string[] {
  if (startAtMs === null) return [];
  const seconds = (startAtMs / 1000).toFixed(3);
  const copied = ladder.video.some((rung) => rung.copied);
  if (!copied) return [`select='gte(t,${seconds})'`];
  return [`select='st(0,max(ld(0),key*gte(t,${seconds})))'`];
}

/**
 * ffmpeg 5 encodes one rung after the other in one thread, so a large rung is cut into slices that
 * other cores take; a small one would only lose quality by it.
 */
function threadsFor(rung: VideoRung, { cores, source }: TranscodeRequest): number {
  const pixels = rung.width * rung.height * (source.video?.fps ?? 30);
  return Math.max(1, Math.min(Math.round(pixels / PIXELS_A_THREAD), cores, MAX_THREADS));
}

/**
 * Frames from one keyframe to the next at most, in whole parts, so that a keyframe within a segment
 * begins a part: one that is cut short for it would break the rule of 85 %.
 */
function keyframeInterval({ source, partMs }: TranscodeRequest): number {
  const frameMs = 1000 / (source.video?.fps ?? 30);
  const partFrames = Math.round(partTargetMs(partMs, frameMs) / frameMs);
  return partFrames * Math.ceil((KEYFRAMES_MS / (partFrames * frameMs)) * 0.99);
}

function encodedVideo(rung: VideoRung, request: TranscodeRequest): string[] {
  const { encoder, ladder, segmentMs } = request;
  const bitrate = rung.bitrate ?? 0;
  const filters = [
    ...startFilter(request),
    `scale=${rung.width}:${rung.height}:flags=bicubic`,
    encoder.upload ?? 'format=yuv420p',
  ];
  const keyframes = ladder.video.some(({ copied }) => copied)
    ? 'source'
    : `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${segmentMs / 1000}))`;
  return [
    ...['-map', '0:v:0', '-vf', filters.join(','), '-c:v', encoder.name, ...encoder.options],
    ...(encoder.name === 'libx264' ? ['-threads', String(threadsFor(rung, request))] : []),
    ...(encoder.name === 'h264_vaapi' ? [] : ['-a53cc', '1']),
    // Encoder timestamps in whole milliseconds, as FLV has them: no rendition is rounded otherwise.
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1:1000'],
    ...['-force_key_frames', keyframes, '-g', String(keyframeInterval(request))],
    ...['-b:v', String(bitrate), '-maxrate', String(Math.round(bitrate * 1.2))],
    ...['-bufsize', String(bitrate)],
  ];
}

function videoOptions(rung: VideoRung, request: TranscodeRequest): string[] {
  return rung.copied ? ['-map', '0:v:0', '-c:v', 'copy'] : encodedVideo(rung, request);
}

function audioOptions(rung: AudioRung): string[] {
  const codec = rung.copied ? ['copy'] : ['aac', '-b:a', '128k', '-ac', '2', '-ar', '48000'];
  return ['-map', '0:a:0', '-c:a', ...codec];
}

/** Everything ffmpeg is told: one input, one decode, one endless FLV for each rendition. */
export function transcodeArguments(request: TranscodeRequest): TranscodeArguments {
  const { ladder, source } = request;
  const output = (rendition: string, options: string[]) => ({
    rendition,
    url: `unix:${request.socketOf(rendition)}`,
    options: [...options, ...FLV_OUTPUT],
  });
  return {
    input: { url: source.url, options: inputOptions(request) },
    outputs: [
      ...ladder.video.map((rung) => output(rung.name, videoOptions(rung, request))),
      ...(ladder.audio === null ? [] : [output('audio', audioOptions(ladder.audio))]),
    ],
  };
}
