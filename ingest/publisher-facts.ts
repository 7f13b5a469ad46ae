import type { PublisherFacts } from '../platform/stream.ts';

const LATE_MS = 500;
const KEYFRAMES_KEPT = 5;
const SAMPLES_KEPT = 31;
const FPS_SECONDS = 5;
const RATIO_SECONDS = 10;
/** A step of so many frame durations means that frames are missing between. */
const GAP_FRAMES = 1.75;

interface Sample {
  at: number;
  bytes: number;
  audioBytes: number;
  videoFrames: number;
  videoMs: number;
  mediaMs: number;
  dropped: number;
  late: number;
}

/** What of the facts is declared, not measured. */
export type DeclaredFacts = Pick<
  PublisherFacts,
  'protocol' | 'codec' | 'profile' | 'width' | 'height' | 'encoder'
> & { audio: { codec: string; sampleRate: number; channels: number } | null };

/** Measures one publisher: totals in the way of the media, rates once a second. */
export class PublisherMeter {
  bytes = 0;
  readonly #startedAt: number;
  readonly #samples: Sample[] = [];
  readonly #keyframeGapsMs: number[] = [];
  #audioBytes = 0;
  #videoFrames = 0;
  #lastVideoMs = 0;
  #lastMediaMs = 0;
  #lastKeyframeMs: number | null = null;
  #frameMs: number | null = null;
  #minCompositionMs = Number.POSITIVE_INFINITY;
  #maxCompositionMs = Number.NEGATIVE_INFINITY;
  #dropped = 0;
  #late = 0;

  /** @param startedAt wall milliseconds */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  audioFrame(size: number, mediaMs: number): void {
    this.bytes += size;
    this.#audioBytes += size;
    if (mediaMs > this.#lastMediaMs) this.#lastMediaMs = mediaMs;
  }

  videoFrame(frame: {
    size: number;
    mediaMs: number;
    keyframe: boolean;
    compositionMs: number;
    latenessMs: number;
    jumped: boolean;
  }): void {
    const { mediaMs, compositionMs } = frame;
    this.bytes += frame.size;
    if (!frame.jumped) this.#countMissing(mediaMs - this.#lastVideoMs);
    this.#videoFrames += 1;
    this.#lastVideoMs = mediaMs;
    if (mediaMs > this.#lastMediaMs) this.#lastMediaMs = mediaMs;
    if (frame.latenessMs > LATE_MS) this.#late += 1;
    if (compositionMs < this.#minCompositionMs) this.#minCompositionMs = compositionMs;
    if (compositionMs > this.#maxCompositionMs) this.#maxCompositionMs = compositionMs;
    if (frame.keyframe) this.#keyframe(mediaMs, frame.jumped);
  }

  #countMissing(stepMs: number): void {
    if (this.#frameMs === null || this.#videoFrames === 0) return;
    if (stepMs > this.#frameMs * GAP_FRAMES)
      this.#dropped += Math.round(stepMs / this.#frameMs) - 1;
  }

  #keyframe(mediaMs: number, jumped: boolean): void {
    if (this.#lastKeyframeMs !== null && !jumped) {
      this.#keyframeGapsMs.push(mediaMs - this.#lastKeyframeMs);
      if (this.#keyframeGapsMs.length > KEYFRAMES_KEPT) this.#keyframeGapsMs.shift();
    }
    this.#lastKeyframeMs = mediaMs;
  }

  /** Call once a second. */
  sample(at: number): void {
    this.#samples.push({
      at,
      bytes: this.bytes,
      audioBytes: this.#audioBytes,
      videoFrames: this.#videoFrames,
      videoMs: this.#lastVideoMs,
      mediaMs: this.#lastMediaMs,
      dropped: this.#dropped,
      late: this.#late,
    });
    if (this.#samples.length > SAMPLES_KEPT) this.#samples.shift();
    const fps = this.#fps();
    if (fps !== null) this.#frameMs = 1000 / fps;
  }

  /** Growth of a total over the last `seconds` and the wall seconds it took; null: too early. */
  #growth(field: Exclude<keyof Sample, 'at'>, seconds: number) {
    const newest = this.#samples.at(-1);
    const oldest = this.#samples.at(-1 - seconds) ?? this.#samples[0];
    if (newest === undefined || oldest === undefined || newest.at <= oldest.at) return null;
    return { by: newest[field] - oldest[field], seconds: (newest.at - oldest.at) / 1000 };
  }

  #bitrate(field: 'bytes' | 'audioBytes', seconds: number): number {
    const growth = this.#growth(field, seconds);
    return growth === null ? 0 : Math.round((growth.by * 8) / growth.seconds);
  }

  #fps(): number | null {
    const frames = this.#growth('videoFrames', FPS_SECONDS);
    const ms = this.#growth('videoMs', FPS_SECONDS);
    // The first sample may stand before the first frame.
    if (frames === null || ms === null || frames.by < 2 || ms.by <= 0 || ms.by > 60_000)
      return null;
    return Math.round((frames.by / ms.by) * 1e5) / 100;
  }

  /** Media seconds a wall second; null in the first seconds, which begin with a burst. */
  #realTimeRatio(): number | null {
    if (this.#samples.length < 4) return null;
    const steady = this.#samples.length - 2;
    const growth = this.#growth('mediaMs', Math.min(RATIO_SECONDS, steady));
    return growth === null ? null : Math.round(growth.by / growth.seconds / 10) / 100;
  }

  #keyframeSeconds(): number | null {
    const sinceLast = this.#lastKeyframeMs === null ? 0 : this.#lastVideoMs - this.#lastKeyframeMs;
    const longest = Math.max(sinceLast > 4000 ? sinceLast : 0, ...this.#keyframeGapsMs);
    return longest === 0 ? null : Math.round(longest) / 1000;
  }

  facts(declared: DeclaredFacts, shedFrames: number, now: number): PublisherFacts {
    return {
      ...declared,
      audio:
        declared.audio === null
          ? null
          : { ...declared.audio, bitrate: this.#bitrate('audioBytes', FPS_SECONDS) },
      fps: declared.codec === null ? null : this.#fps(),
      bitrate: this.#bitrate('bytes', 1),
      bitrate30s: this.#bitrate('bytes', SAMPLES_KEPT - 1),
      keyframeSeconds: this.#keyframeSeconds(),
      hasBFrames: this.#videoFrames < 10 ? null : this.#maxCompositionMs > this.#minCompositionMs,
      uptimeSeconds: Math.round((now - this.#startedAt) / 1000),
      droppedFrames: this.#dropped,
      lateFrames: this.#late,
      realTimeRatio: this.#realTimeRatio(),
      shedFrames,
    };
  }

  /** Over the last half minute: frames that came, frames missing, frames late. */
  recent(): { frames: number; dropped: number; late: number; bitrates: number[] } {
    const by = (field: 'videoFrames' | 'dropped' | 'late') =>
      this.#growth(field, SAMPLES_KEPT - 1)?.by ?? 0;
    const bitrates = this.#samples
      .slice(1)
      .map((sample, index) => (sample.bytes - (this.#samples[index]?.bytes ?? 0)) * 8);
    return { frames: by('videoFrames'), dropped: by('dropped'), late: by('late'), bitrates };
  }
}
