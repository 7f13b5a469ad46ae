import type { LiveStream } from './live-stream.ts';
import { RenditionPipeline } from './rendition-pipeline.ts';
import type { PackagerRun } from './stream-packager.ts';
import { FIRST_MSN, type Timeline } from './timeline.ts';

export interface RunOptions {
  stream: LiveStream;
  timeline: Timeline;
  startAtMs: number;
  partMs: number;
  now(): number;
  onPart(rendition: string): void;
  /** @returns the run is about to be replaced */
  onLongKeyframes(seconds: number): boolean;
  onForcedCut(): void;
  onSegments(): void;
}

/** One pipeline for each rendition; the master is asked first, the others follow its timeline. */
export class PipelinesRun implements PackagerRun {
  readonly #pipelines = new Map<string, RenditionPipeline>();
  readonly #master: string | null;
  readonly #timeline: Timeline;
  readonly #stream: LiveStream;
  readonly #onSegments: () => void;
  #lastMsn = FIRST_MSN - 1;
  /** Its keyframes are too far apart, and another run goes on where the master was stopped. */
  #replaced = false;
  #closed = false;

  constructor(options: RunOptions) {
    const { onPart, onSegments, onLongKeyframes, ...shared } = options;
    this.#timeline = options.timeline;
    this.#stream = options.stream;
    this.#onSegments = onSegments;
    const renditions = [...options.stream.renditions.values()];
    const videos = renditions.filter(({ plan }) => plan.kind === 'video');
    const master = videos.find(({ plan }) => plan.copied) ?? videos[0] ?? renditions[0];
    this.#master = master?.plan.name ?? null;
    for (const rendition of renditions) {
      const { name } = rendition.plan;
      const pipeline = new RenditionPipeline({
        ...shared,
        rendition,
        master: rendition === master,
        onPart: () => onPart(name),
        onLongKeyframes: (seconds) => {
          this.#replaced = onLongKeyframes(seconds);
          return this.#replaced;
        },
      });
      this.#pipelines.set(name, pipeline);
    }
  }

  push(rendition: string, chunk: Buffer): void {
    if (this.#closed) return;
    const pipeline = this.#pipelines.get(rendition);
    if (pipeline === undefined) return;
    pipeline.push(chunk);
    pipeline.publish();
    if (rendition === this.#master) this.#followMaster(pipeline);
    if (this.#replaced) this.close();
    if (this.#timeline.lastMsn === this.#lastMsn) return;
    this.#lastMsn = this.#timeline.lastMsn;
    this.#onSegments();
  }

  #followMaster(master: RenditionPipeline): void {
    for (const pipeline of this.#pipelines.values()) {
      if (pipeline === master) continue;
      pipeline.drain();
      pipeline.publish();
    }
  }

  lastMediaMs(rendition: string): number | null {
    return this.#pipelines.get(rendition)?.lastMediaMs ?? null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const master = this.#pipelines.get(this.#master ?? '');
    const followers = [...this.#pipelines.values()].filter((pipeline) => pipeline !== master);
    master?.flush();
    const masterEndMs = this.#stream.renditions.get(this.#master ?? '')?.window.mediaEndMs;
    const untilMs = this.#replaced ? masterEndMs : null;
    for (const pipeline of followers) pipeline.flush(untilMs ?? Number.POSITIVE_INFINITY);
    const ends = [...this.#stream.renditions.values()].map(({ window }) => window.mediaEndMs ?? 0);
    this.#timeline.endRun(Math.max(0, ...ends));
    for (const pipeline of this.#pipelines.values()) pipeline.close();
    for (const pipeline of this.#pipelines.values()) pipeline.publish();
  }
}
