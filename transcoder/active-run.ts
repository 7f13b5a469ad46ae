import type { Source } from '../platform/stream.ts';
import type { Ladder } from './ladder.ts';
import { running } from './metrics.ts';
import type { PackagerRun, RenditionPlan, StreamPackager } from './packager/stream-packager.ts';
import { LAG_LIMIT_MS, ProgressWatch, type Verdict } from './progress-watch.ts';
import { sourceProgress } from './source-progress.ts';
import type { StreamTranscodeOptions } from './transcode-options.ts';
import { startTranscodeRun, type TranscodeRun } from './transcode-run.ts';
import type { VideoEncoder } from './video-encoder.ts';

/** One ffmpeg over one source with all that belongs to it. */
export interface ActiveRun {
  source: Source;
  ladder: Ladder;
  encoder: VideoEncoder;
  process: TranscodeRun;
  /** Wall ms. */
  startedAt: number;
  startAtMs: number;
  /** Whether it moves and keeps up; to be asked every half second. */
  judge(): Promise<Verdict>;
}

const planOf = (ladder: Ladder, source: Source): RenditionPlan[] => [
  ...ladder.video.map((rung) => ({
    name: rung.name,
    kind: rung.kind,
    copied: rung.copied,
    width: rung.width,
    height: rung.height,
    fps: source.video?.fps ?? null,
  })),
  ...(ladder.audio === null
    ? []
    : [{ ...ladder.audio, width: null, height: null, fps: null } satisfies RenditionPlan]),
];

/** Sound is judged only without a picture: sound that cannot be decoded must not cost the picture. */
function judgeOf(run: { source: Source; ladder: Ladder; output: PackagerRun; startedAt: number }) {
  const watch = new ProgressWatch(run.startedAt);
  const { video, audio } = run.ladder;
  const watched = video.length > 0 || audio === null ? video : [audio];
  const outOf = () => watched.map(({ name }) => run.output.lastMediaMs(name));
  return async (now: () => number) => {
    const dueMs = now() - run.source.wallBaseMs;
    // What comes out in time need not be compared with what went in.
    const inTime = outOf().every((ms) => ms !== null && dueMs - ms <= LAG_LIMIT_MS);
    const fed = inTime ? null : await sourceProgress(run.source.url);
    const renditions = outOf().map((outMs, index) => {
      const track = watched[index]?.kind ?? 'video';
      return { outMs, fedMs: fed === null ? outMs : fed[track] };
    });
    return watch.observe(now(), renditions);
  };
}

/** Begins where the packager's output of this stream ends, with what `source` has from there on. */
export function startActiveRun(
  wanted: { source: Source; ladder: Ladder; encoder: VideoEncoder; packager: StreamPackager },
  options: StreamTranscodeOptions,
): ActiveRun {
  const { source, ladder, encoder, packager } = wanted;
  const { clock, config, log } = options.context;
  // Where the last frame ends is a fraction; the next one's time is in whole milliseconds.
  const startAtMs = Math.max(source.firstMediaMs, Math.floor(packager.publishedMs() ?? 0));
  const output = packager.beginRun({
    plan: planOf(ladder, source),
    wallBaseMs: source.wallBaseMs,
    startAtMs,
  });
  const runNumber = options.nextRunNumber();
  const startedAt = clock.now();
  const process = startTranscodeRun({
    request: {
      source,
      ladder,
      encoder,
      cores: options.cores,
      socketOf: (rendition) => options.directory.socketPath(runNumber, rendition),
      startAtMs: startAtMs > source.firstMediaMs ? startAtMs : null,
      segmentMs: config.segmentMs,
      partMs: config.partMs,
    },
    output,
    registry: options.registry,
    log,
  });
  running.inc();
  void process.finished.then(() => running.dec());
  const judge = judgeOf({ source, ladder, output, startedAt });
  return {
    ...{ source, ladder, encoder, process, startedAt, startAtMs },
    judge: () => judge(clock.now),
  };
}
