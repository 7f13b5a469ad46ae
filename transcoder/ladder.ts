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
  /** Codecs besides H.264 that ffmpeg hands on as they come. */
  handedOn: readonly VideoCodec[];
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

const copiedRung = ({ width, height }: SourceVideo): VideoRung => ({
  name: 'source',
  kind: 'video',
  copied: true,
  width,
  height,
  bitrate: null,
});

const fullSizeRung = (video: SourceVideo, name: string): VideoRung => ({
  name,
  kind: 'video',
  copied: false,
  ...scaledTo(linesOf(video), video),
  bitrate: bitrateFor(video, video.fps),
});

/** The source at its own size; what only some browsers play also as H.264, for all others. */
function fullSize({ source, encodeSource, handedOn }: LadderInput): VideoRung[] {
  const { video } = source;
  if (video === null) return [];
  if (encodeSource) return [fullSizeRung(video, 'source')];
  if (canCopyVideo(video)) return [copiedRung(video)];
  if (!handedOn.includes(video.codec)) return [fullSizeRung(video, 'source')];
  return [copiedRung(video), fullSizeRung(video, `${linesOf(video)}p`)];
}

/** One step cheaper: the costliest encoded rung goes; the last that every browser plays gets smaller. */
function shedOne(rungs: VideoRung[], video: SourceVideo): VideoRung[] {
  const encoded = rungs.filter((rung) => !rung.copied);
  const [costliest] = encoded;
  if (costliest === undefined) return rungs;
  const othersPlay = encoded.length > 1 || (rungs.length > 1 && canCopyVideo(video));
  if (othersPlay) return rungs.filter((rung) => rung !== costliest);
  const lines = [...TABLE.map((wish) => wish.lines), 240, MIN_LINES].find(
    (lower) => lower < linesOf(costliest),
  );
  if (lines === undefined) return rungs;
  const size = scaledTo(lines, video);
  const name = costliest.name === 'source' ? 'source' : `${lines}p`;
  const smaller = { ...costliest, ...size, name, bitrate: bitrateFor(size, video.fps) };
  return rungs.map((rung) => (rung === costliest ? smaller : rung));
}

const pixelsToEncode = ({ video }: Ladder) =>
  video.reduce((sum, rung) => sum + (rung.copied ? 0 : rung.width * rung.height), 0);

/** The ladder with one rung more shed; null: nothing gets cheaper any more. */
export function cheaperLadder(input: LadderInput): Ladder | null {
  const cheaper = ladderFor({ ...input, shed: input.shed + 1 });
  return pixelsToEncode(cheaper) < pixelsToEncode(ladderFor(input)) ? cheaper : null;
}

/**
 * Which renditions a source gets: itself, copied when every browser plays it as it comes, as H.264
 * otherwise (beside the copy where ffmpeg can make it); then rungs strictly below it, as LADDER says or as the cores bear. Never larger than the source.
 */
export function ladderFor(input: LadderInput): Ladder {
  const { video, audio } = input.source;
  const audioRung: AudioRung | null =
    audio === null ? null : { name: 'audio', kind: 'audio', copied: canCopyAudio(audio) };
  if (video === null) return { video: [], audio: audioRung };
  const full = fullSize(input);
  // An encoded source takes the place of the rungs that a small machine could have had.
  const cores = full.every((rung) => rung.copied) ? input.cores : input.cores - 2;
  const wishes =
    input.setting === null
      ? affordable(cores, input.hardware)
      : input.setting.toSorted((a, b) => b.lines - a.lines);
  let rungs = full;
  for (const { lines, bitrate } of wishes) {
    if (lines >= linesOf(video)) continue;
    const fast = input.setting === null && (video.fps ?? 30) > 40 ? 1.5 : 1;
    const size = scaledTo(lines, video);
    const name = `${lines}p`;
    rungs.push({ name, kind: 'video', copied: false, ...size, bitrate: bitrate * fast });
  }
  for (let step = 0; step < input.shed; step += 1) rungs = shedOne(rungs, video);
  return { video: rungs, audio: audioRung };
}
