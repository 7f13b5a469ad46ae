import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { RenditionFacts } from '../../platform/stream.ts';
import { fileNames } from './file-names.ts';
import type { LiveStream } from './live-stream.ts';
import { forcedCuts } from './metrics.ts';
import type { Origin } from './origin.ts';
import { PipelinesRun } from './pipelines-run.ts';
import { Timeline, targetDurationOf } from './timeline.ts';

export interface RenditionPlan {
  name: string;
  kind: 'video' | 'audio';
  /** The source's own bytes. */
  copied: boolean;
  /** Hints, until the bitstream says it. */
  width: number | null;
  height: number | null;
  fps: number | null;
}

/** One ffmpeg's output. */
export interface PackagerRun {
  /**
   * Bytes of the FLV that ffmpeg writes for this rendition. Throws AppError when they are no FLV, or
   * of a codec that cannot be packaged.
   */
  push(rendition: string, chunk: Buffer): void;
  /** Decode time of the newest frame received, media ms; null before the first. */
  lastMediaMs(rendition: string): number | null;
  /** What is buffered becomes the last part of its segment. Idempotent. */
  close(): void;
}

/** Parts, segments and playlists of one stream, over all its runs. */
export interface StreamPackager {
  /**
   * Frames before `startAtMs` (media time) are dropped. Closes the run before, if it is open; every
   * run but the first begins with a discontinuity. The first video rendition that is copied, else
   * the first video, decides where segments begin. Playlists of renditions that are not in the plan
   * any more answer 410 from then on; their media stays for the retention.
   */
  beginRun(options: { plan: RenditionPlan[]; wallBaseMs: number; startAtMs: number }): PackagerRun;
  facts(): RenditionFacts[];
  /** Media ms up to which any rendition has published: a run that begins there overlaps nothing. */
  publishedMs(): number | null;
  setThumbnail(jpeg: Buffer): void;
  /** Init and first part of the newest segment of the smallest video: enough to decode its keyframe. */
  newestKeyframe(): Buffer | null;
  /** What is wrong with the files on disk, one sentence with the cure; null while all is well. */
  storeFault(): string | null;
  /** Closes the run and the playlists (ENDLIST). Idempotent. */
  end(): Promise<void>;
}

export interface StreamPackagerOptions {
  origin: Origin;
  channel: string;
  streamId: string;
  /** Ceiling of PART-TARGET. */
  partMs: number;
  /** Aimed segment length. */
  segmentMs: number;
  clock: Clock;
  log: Log;
  /** Once: every planned rendition has a part, or the first has waited for the others long enough. */
  onPlayable(): void;
  /**
   * Keyframes are further apart than a segment may last; at most once a run.
   * @returns another run is about to replace it: this one is closed, before a segment begins without a keyframe
   */
  onLongKeyframes(seconds: number): boolean;
  /** A part was made; `at` is the wall clock. */
  onPart?(rendition: string, at: number): void;
}

/** hls.js reads the multivariant playlist once, so slower renditions are waited for a little. */
const PLAYABLE_WAIT_MS = 1500;

export function createStreamPackager(options: StreamPackagerOptions): StreamPackager {
  return new Packager(options);
}

class Packager implements StreamPackager {
  readonly #options: StreamPackagerOptions;
  readonly #stream: LiveStream;
  readonly #timeline: Timeline;
  #run: PackagerRun | null = null;
  #cancelWait: (() => void) | null = null;
  #ended: Promise<void> | null = null;

  constructor(options: StreamPackagerOptions) {
    this.#options = options;
    const targetDuration = targetDurationOf(options.segmentMs);
    const { channel, streamId } = options;
    this.#timeline = new Timeline({ segmentMs: options.segmentMs, targetDuration });
    this.#stream = options.origin.openStream({ channel, streamId, targetDuration });
  }

  beginRun(begin: { plan: RenditionPlan[]; wallBaseMs: number; startAtMs: number }): PackagerRun {
    this.#run?.close();
    this.#timeline.beginRun(begin.wallBaseMs);
    this.#stream.setPlan(begin.plan);
    const { onLongKeyframes, partMs, clock } = this.#options;
    const run = new PipelinesRun({
      stream: this.#stream,
      timeline: this.#timeline,
      startAtMs: begin.startAtMs,
      partMs,
      now: () => clock.now(),
      onPart: (name) => this.#onPart(name),
      onLongKeyframes: (seconds) => onLongKeyframes(seconds),
      onForcedCut: () => {
        forcedCuts.inc();
        this.#stream.independent = false;
      },
      onSegments: () => this.#writeMultivariant(),
    });
    this.#run = run;
    return run;
  }

  #onPart(name: string): void {
    const { clock, onPart } = this.#options;
    onPart?.(name, clock.now());
    if (this.#stream.playable) return;
    const missing = [...this.#stream.renditions.values()].some((rendition) => !rendition.hasMedia);
    if (!missing) this.#becomePlayable();
    else this.#cancelWait ??= clock.after(PLAYABLE_WAIT_MS, () => this.#becomePlayable());
  }

  #becomePlayable(): void {
    this.#cancelWait?.();
    if (this.#stream.playable || this.#ended !== null) return;
    this.#stream.playable = true;
    this.#options.onPlayable();
  }

  facts(): RenditionFacts[] {
    return [...this.#stream.renditions.values()].map((rendition) => rendition.facts());
  }

  publishedMs(): number | null {
    let published: number | null = null;
    for (const { window } of this.#stream.renditions.values()) {
      const end = window.mediaEndMs;
      if (end !== null) published = Math.max(published ?? end, end);
    }
    return published;
  }

  setThumbnail(jpeg: Buffer): void {
    this.#stream.thumbnail = jpeg;
    void this.#stream.store.put(`${this.#stream.path}/thumbnail.jpg`, [jpeg]);
  }

  newestKeyframe(): Buffer | null {
    const videos = [...this.#stream.renditions.values()]
      .filter((rendition) => rendition.plan.kind === 'video' && rendition.hasMedia)
      .sort((a, b) => (a.facts().height ?? 0) - (b.facts().height ?? 0));
    const smallest = videos[0];
    if (smallest === undefined) return null;
    for (const segment of [...smallest.window.segments].reverse()) {
      const part = segment.parts[0];
      const init = smallest.inits.get(segment.init);
      if (segment.independent && part !== undefined && init !== null) {
        return Buffer.concat([init, part.bytes]);
      }
    }
    return null;
  }

  storeFault(): string | null {
    return this.#stream.store.fault;
  }

  #writeMultivariant(): void {
    const text = this.#stream.multivariantText('');
    if (text === null) return;
    const path = `${this.#stream.path}/${fileNames.playlist}`;
    void this.#stream.store.put(path, [Buffer.from(text)]);
  }

  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#cancelWait?.();
    this.#run?.close();
    for (const rendition of this.#stream.renditions.values()) rendition.end();
    await this.#options.origin.endStream(this.#stream);
  }
}
