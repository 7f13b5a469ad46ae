import type { LadderRung } from '../platform/settings.ts';
import type { Source, SourceAudio, SourceVideo, VideoCodec } from '../platform/stream.ts';

export interface VideoRung {
  /** Path segment of the rendition: `source`, `720p`. */
  name: string;
  kind: 'video';
  copied: boolean;
  width: number;
  height: number;
  /** Bits a second; null when copied. */
  bitrate: number | null;
}

export interface AudioRung {
  name: 'audio';
  kind: 'audio';
  copied: boolean;
}

/** The renditions of one source: video from the costliest down, at most one audio. */
export interface Ladder {
  video: VideoRung[];
  audio: AudioRung | null;
}

export interface LadderInput {
  source: Pick<Source, 'video' | 'audio'>;
  /** What the machine has for encoders. */
  cores: number;
  /** The LADDER setting; null: by cores. */
  setting: LadderRung[] | null;
  /** A hardware encoder works: the processor no longer bounds the ladder. */
  hardware: boolean;
  /** Keyframes of this source came too far apart to cut segments from: encode it. */
  encodeSource: boolean;
  /** How many times the encoders fell behind; each costs one rung. */
  shed: number;
}

const TABLE: LadderRung[] = [
  { lines: 720, bitrate: 2_500_000 },
  { lines: 480, bitrate: 1_200_000 },
  { lines: 360, bitrate: 600_000 },
];
const MIN_LINES = 180;
/** Profiles of H.264 with 8 bits and 4:2:0, which every browser decodes (profile_idc). */
const COPIED_H264_PROFILES = [66, 77, 100];
/** AAC-LC, HE-AAC and HE-AAC v2. */
const COPIED_AAC = ['mp4a.40.2', 'mp4a.40.5', 'mp4a.40.29'];

/** About one core a rendition; copying costs none. */
function affordable(cores: number, hardware: boolean): LadderRung[] {
  if (hardware || cores >= 6) return TABLE;
  if (cores >= 4) return TABLE.filter(({ lines }) => lines !== 480);
  return cores >= 2 ? TABLE.filter(({ lines }) => lines === 360) : [];
}

const linesOf = ({ width, height }: { width: number; height: number }) => Math.min(width, height);
const even = (pixels: number) => Math.max(2, 2 * Math.round(pixels / 2));

/** The size with `lines` as its shorter side, aspect kept, both sides even as 4:2:0 needs. */
export function scaledTo(lines: number, size: { width: number; height: number }) {
  const ratio = lines / linesOf(size);
  return { width: even(size.width * ratio), height: even(size.height * ratio) };
}

/** Bits a second for a picture of this size at 30 fps, on the curve of the table. */
export function bitrateFor(size: { width: number; height: number }, fps: number | null): number {
  const forSize = 2_500_000 * ((size.width * size.height) / (1280 * 720)) ** 0.75;
  return Math.round((forSize * ((fps ?? 30) > 40 ? 1.5 : 1)) / 10_000) * 10_000;
}

/** Whether every browser plays this video as it comes. */
export function canCopyVideo(video: SourceVideo): boolean {
  if (video.codec !== 'h264') return false;
  const profile = /^avc[13]\.([0-9a-f]{2})/i.exec(video.codecs ?? '')?.[1];
  return profile === undefined || COPIED_H264_PROFILES.includes(Number.parseInt(profile, 16));
}

const canCopyAudio = (audio: SourceAudio): boolean =>
  audio.codec === 'aac' && (audio.codecs === null || COPIED_AAC.includes(audio.codecs));

/** Why the source cannot be copied, for people; null when it can. */
export function whyEncoded(video: SourceVideo): string | null {
  const names: Record<VideoCodec, string> = { h264: 'H.264', hevc: 'HEVC', av1: 'AV1' };
  if (canCopyVideo(video)) return null;
  const profile = video.codec === 'h264' ? ` ${video.profile ?? ''}`.trimEnd() : '';
  return `${names[video.codec]}${profile}`;
}

function sourceRung(video: SourceVideo, copied: boolean): VideoRung {
  const size = copied ? video : scaledTo(linesOf(video), video);
  const bitrate = copied ? null : bitrateFor(video, video.fps);
  return {
    name: 'source',
    kind: 'video',
    copied,
    width: size.width,
    height: size.height,
    bitrate,
  };
}

/** One step cheaper: the costliest encoded rung goes; the only video there is gets smaller. */
function shedOne(rungs: VideoRung[], video: SourceVideo): VideoRung[] {
  const costliest = rungs.find((rung) => !rung.copied);
  if (costliest === undefined) return rungs;
  if (rungs.length > 1) return rungs.filter((rung) => rung !== costliest);
  const lines = [...TABLE.map((wish) => wish.lines), 240, MIN_LINES].find(
    (lower) => lower < linesOf(costliest),
  );
  if (lines === undefined) return rungs;
  const size = scaledTo(lines, video);
  return [{ ...costliest, ...size, bitrate: bitrateFor(size, video.fps) }];
}

/** How many rungs can still be shed before nothing gets cheaper. */
export const canShed = (ladder: Ladder): boolean =>
  ladder.video.length > 1
    ? ladder.video.some((rung) => !rung.copied)
    : ladder.video.some((rung) => !rung.copied && linesOf(rung) > MIN_LINES);

/**
 * Which renditions a source gets: itself, copied when every browser plays it as it comes, then
 * rungs strictly below it, as LADDER says or as the cores bear. Never larger than the source.
 */
export function ladderFor(input: LadderInput): Ladder {
  const { video, audio } = input.source;
  const audioRung: AudioRung | null =
    audio === null ? null : { name: 'audio', kind: 'audio', copied: canCopyAudio(audio) };
  if (video === null) return { video: [], audio: audioRung };
  const copied = canCopyVideo(video) && !input.encodeSource;
  // An encoded source takes the place of the rungs that a small machine could have had.
  const cores = copied ? input.cores : input.cores - 2;
  const wishes =
    input.setting === null
      ? affordable(cores, input.hardware)
      : input.setting.toSorted((a, b) => b.lines - a.lines);
  let rungs = [sourceRung(video, copied)];
  for (const { lines, bitrate } of wishes) {
    if (lines >= linesOf(video)) continue;
    const fast = input.setting === null && (video.fps ?? 30) > 40 ? 1.5 : 1;
    const size = scaledTo(lines, video);
    rungs.push({
      name: `${lines}p`,
      kind: 'video',
      copied: false,
      ...size,
      bitrate: bitrate * fast,
    });
  }
  for (let step = 0; step < input.shed; step += 1) rungs = shedOne(rungs, video);
  return { video: rungs, audio: audioRung };
}
