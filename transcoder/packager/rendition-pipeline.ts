import { hasCaptions } from './captions-detector.ts';
import { FlvDemuxer } from './flv-demuxer.ts';
import { writeFragment } from './fragment.ts';
import { AudioClock, type FrameClock, VideoClock } from './frame-clock.ts';
import type { LiveStream } from './live-stream.ts';
import { gapSegments, partsPublished } from './metrics.ts';
import { type CutPart, PartCutter } from './part-cutter.ts';
import { partTargetMs } from './part-target.ts';
import type { Rendition } from './rendition.ts';
import { RenditionFiles } from './rendition-files.ts';
import { FollowerSegmenter, MasterSegmenter, type SegmentSink } from './segmenter.ts';
import type { Timeline } from './timeline.ts';
import type { Frame, Sample, Track } from './track.ts';

export interface PipelineOptions {
  stream: LiveStream;
  rendition: Rendition;
  timeline: Timeline;
  /** This rendition decides where segments begin. */
  master: boolean;
  startAtMs: number;
  /** The ceiling of PART-TARGET. */
  partMs: number;
  /** Wall ms. */
  now(): number;
  onPart(): void;
  /** @returns the run is about to be replaced: nothing more of it is taken */
  onLongKeyframes(seconds: number): boolean;
  /** A segment had to begin without a keyframe. */
  onForcedCut(): void;
}

/** What depends on the codec configuration, which comes before the first frame. */
interface Stages {
  track: Track;
  clock: FrameClock;
  segmenter: MasterSegmenter | FollowerSegmenter;
  cutter: PartCutter | null;
}

/** Renditions may begin the same segment this far apart, by their frames. */
const HOLE_MS = 500;

/** A source without video for longer has stalled; until then its last picture stays. */
const LONGEST_HOLE_MS = 3000;

/** One rendition over one run: FLV -> frames -> samples -> segments of parts -> live window. */
export class RenditionPipeline implements SegmentSink {
  lastMediaMs: number | null = null;
  readonly #options: PipelineOptions;
  readonly #demuxer: FlvDemuxer;
  readonly #files: RenditionFiles;
  #stages: Stages | null = null;
  #initReady = false;
  #partTargetMs = 0;
  #changed = false;
  #watchCaptions: boolean;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#files = new RenditionFiles(options.stream, options.rendition);
    const { kind } = options.rendition.plan;
    this.#watchCaptions = kind === 'video';
    this.#demuxer = new FlvDemuxer({
      kind,
      onTrack: (track) => this.#onTrack(track),
      onFrame: (frame) => this.#onFrame(frame),
    });
  }

  push(chunk: Buffer): void {
    this.#demuxer.push(chunk);
  }

  /** The timeline went on: what was held back may pass. */
  drain(): void {
    this.#stages?.segmenter.drain();
  }

  /** Lets out what is held of the time before `untilMs`. */
  flush(untilMs = Number.POSITIVE_INFINITY): void {
    const stages = this.#stages;
    if (stages === null) return;
    for (const sample of stages.clock.flush()) stages.segmenter.push(sample);
    stages.segmenter.flush(untilMs);
    stages.cutter?.flush(stages.cutter.nominalEnd(stages.clock.frameTicks ?? 0));
  }

  /** After the flush of all: the run's last segment is complete, in every rendition the same. */
  close(): void {
    const { window } = this.#options.rendition;
    const { timeline } = this.#options;
    const open = window.open;
    // A rendition that fell behind has less than its last segment says.
    const behind = open !== null && open.slot.msn < timeline.lastMsn ? open.slot.endMs : null;
    this.#closeSegment(behind ?? window.mediaEndMs ?? 0);
    if (this.#initReady) this.#fillGaps(timeline.lastMsn + 1);
    this.#stages = null;
  }

  /** Shows viewers what has changed since the last call. */
  publish(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#options.rendition.publish();
  }

  // A configuration that differs within a run is not followed: the source begins a new run for it.
  #onTrack(track: Track): void {
    if (this.#stages !== null) return;
    const { timeline, startAtMs, rendition, master, onLongKeyframes, now } = this.#options;
    const clock =
      track.kind === 'video'
        ? new VideoClock(track.timescale, [track.declaredFps, rendition.plan.fps])
        : new AudioClock(track.timescale, track.samplesPerFrame);
    const options = {
      timeline,
      startAtMs,
      sink: this,
      now,
      kind: track.kind,
      timescale: track.timescale,
      frameTicks: () => clock.frameTicks ?? track.timescale / 30,
    };
    const segmenter = master
      ? new MasterSegmenter({ ...options, onLongKeyframes })
      : new FollowerSegmenter(options);
    this.#stages = { track, clock, segmenter, cutter: null };
  }

  #onFrame(frame: Frame): void {
    this.lastMediaMs = frame.timeMs;
    const stages = this.#stages;
    if (stages === null) return;
    this.#lookForCaptions(frame, stages.track);
    for (const sample of stages.clock.push(frame)) stages.segmenter.push(sample);
  }

  #lookForCaptions(frame: Frame, track: Track): void {
    if (!this.#watchCaptions || track.kind !== 'video') return;
    const { stream } = this.#options;
    if (!stream.captions && hasCaptions(frame.data, track)) stream.captions = true;
    this.#watchCaptions = !stream.captions;
  }

  begin(msn: number, first: Sample): void {
    const stages = this.#stages;
    if (stages === null) return;
    const { rendition, timeline, onForcedCut } = this.#options;
    const { window } = rendition;
    const startMs = (first.time * 1000) / stages.track.timescale;
    this.#endParts(stages, first);
    const { slot: before = null } = window.open ?? {};
    // After a hole the segment before ends where the timeline says, not at the next media.
    const endMs = before?.endMs ?? startMs;
    const hole = before !== null && (msn > before.msn + 1 || startMs - endMs > HOLE_MS);
    this.#closeSegment(hole ? endMs : startMs);
    if (!this.#initReady) this.#beginMedia(stages);
    const { inits } = rendition;
    this.#fillGaps(msn);
    if (!first.keyframe) onForcedCut();
    const slot = timeline.slot(msn);
    if (slot === null) return;
    window.openSegment(slot, {
      init: inits.newest,
      startMs,
      independent: first.keyframe,
      partTargetMs: this.#partTargetMs,
    });
  }

  /** The open segment gets its last part, and frames that are missing before the next are made up for. */
  #endParts({ cutter, clock }: Stages, first: Sample): void {
    cutter?.flush(first.time);
    if (first.keyframe) cutter?.fillWith(first, clock.frameTicks ?? 0);
    cutter?.leap(first.time);
  }

  add(sample: Sample): void {
    const stages = this.#stages;
    stages?.cutter?.push(sample, stages.clock.frameTicks ?? stages.track.timescale / 30);
  }

  /** The first sample of the run: its frame rate is known by now. */
  #beginMedia(stages: Stages): void {
    const { rendition, partMs } = this.#options;
    const { track, clock } = stages;
    const frameMs = ((clock.frameTicks ?? 0) * 1000) / track.timescale;
    const targetMs = partTargetMs(partMs, frameMs);
    this.#partTargetMs = targetMs;
    if (track.kind === 'video') rendition.fps = Math.round(1_000_000 / frameMs) / 1000;
    stages.cutter = new PartCutter({
      targetTicks: Math.floor((targetMs * track.timescale) / 1000),
      longestHoleTicks: track.kind === 'video' ? (LONGEST_HOLE_MS * track.timescale) / 1000 : 0,
      onPart: (part) => this.#onPart(part, track),
    });
    const { number, bytes } = rendition.addInit(track);
    this.#files.writeInit(number, bytes);
    this.#initReady = true;
  }

  #onPart({ samples, end }: CutPart, track: Track): void {
    const { window } = this.#options.rendition;
    const start = samples[0]?.time ?? end;
    const bytes = writeFragment({
      kind: track.kind,
      sequence: window.nextPartNumber + 1,
      samples,
      end,
      first: window.open?.partCount === 0,
    });
    const durationMs = ((end - start) * 1000) / track.timescale;
    const independent = samples.some((sample) => sample.keyframe);
    const startMs = (start * 1000) / track.timescale;
    const firstSample = {
      bytes: samples[0]?.data.length ?? 0,
      durationMs: durationMs / samples.length,
    };
    window.addPart({ durationMs, independent, bytes, startMs, firstSample });
    partsPublished.inc();
    this.#changed = true;
    this.#options.onPart();
  }

  #fillGaps(before: number): void {
    const { window, inits } = this.#options.rendition;
    const last = window.last?.slot.msn;
    if (last === undefined) return;
    for (const slot of this.#options.timeline.between(last, before)) {
      window.addGap(slot, inits.newest);
      gapSegments.inc();
      this.#changed = true;
    }
  }

  /** @param endMs media ms at which the next segment starts, or the run's media ends */
  #closeSegment(endMs: number): void {
    const result = this.#options.rendition.window.closeSegment(endMs);
    if (result === null) return;
    this.#changed = true;
    this.#files.writeSegment(result.closed);
    this.#files.retire(result.removed);
  }
}
