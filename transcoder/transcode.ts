import type { Context } from '../platform/context.ts';
import type { RenditionFacts, Source } from '../platform/stream.ts';
import { type TranscodeState, transcodeAdvice } from './advice.ts';
import { backoffMs, SOUND_RUN_MS } from './backoff.ts';
import type { FfmpegExit } from './ffmpeg-command.ts';
import { canShed, type Ladder, ladderFor } from './ladder.ts';
import { type RestartReason, restarts, running, shedRungs } from './metrics.ts';
import type { PackagerRun, RenditionPlan, StreamPackager } from './packager/stream-packager.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { ProgressWatch } from './progress-watch.ts';
import type { RunDirectory } from './run-directory.ts';
import { newestMediaMs } from './source-progress.ts';
import { startTranscodeRun, type TranscodeRun } from './transcode-run.ts';
import { SOFTWARE_ENCODER, type VideoEncoder } from './video-encoder.ts';

export interface PackagerEvents {
  onPlayable(): void;
  onLongKeyframes(seconds: number): void;
}

export interface StreamTranscodeOptions {
  context: Pick<Context, 'config' | 'directory' | 'clock' | 'log'>;
  stream: { channel: string; streamId: string; startedAt: number };
  createPackager(events: PackagerEvents): StreamPackager;
  onPlayable(): void;
  registry: ProcessRegistry;
  directory: RunDirectory;
  /** The best encoder found so far. */
  encoder(): VideoEncoder;
  cores: number;
  nextRunNumber(): number;
}

interface ActiveRun {
  source: Source;
  ladder: Ladder;
  encoder: VideoEncoder;
  output: PackagerRun;
  process: TranscodeRun;
  startedAt: number;
  watch: ProgressWatch;
}

const WATCH_MS = 500;
/** The fact that the encoder is gone comes shortly after the end of its media. */
const INPUT_ENDED_PATIENCE_MS = 500;
/** What the old run may take to read the rest of its source. */
const HAND_OVER_MS = 300;
const HARDWARE_TRIES = 2;

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

/**
 * One stream: keeps one ffmpeg running over its newest source and its output in the packager,
 * whatever happens to that ffmpeg. Runs follow each other, never beside each other.
 */
export class StreamTranscode {
  readonly packager: StreamPackager;
  readonly #options: StreamTranscodeOptions;
  readonly #log: Context['log'];
  readonly #stopWatching: () => void;
  #source: Source | null = null;
  #run: ActiveRun | null = null;
  #interrupted = false;
  #ended: Promise<void> | null = null;
  #changes: Promise<void> = Promise.resolve();
  #cancelRestart: () => void = () => {};
  #watching = false;
  #reported = '';
  readonly #state: Omit<TranscodeState, 'video' | 'ladder'> = {
    longKeyframes: null,
    shed: [],
    failures: 0,
    fault: null,
    softwareInstead: null,
  };

  constructor(options: StreamTranscodeOptions) {
    this.#options = options;
    const { channel, streamId } = options.stream;
    this.#log = options.context.log.child({ channel, streamId });
    this.packager = options.createPackager({
      onPlayable: options.onPlayable,
      onLongKeyframes: (seconds) => this.#longKeyframes(seconds),
    });
    this.#stopWatching = options.context.clock.every(WATCH_MS, () => void this.#watch());
  }

  /** The stream has a (new) source: the run over the old one ends, one over this one begins. */
  sourceBegan(source: Source): void {
    if (this.#ended !== null) return;
    this.#source = source;
    this.#interrupted = false;
    this.#state.failures = 0;
    this.#change(() => this.#replaceRun(HAND_OVER_MS));
  }

  /** The encoder is gone: an ffmpeg that ends now is not replaced. */
  interrupted(): void {
    this.#interrupted = true;
    this.#cancelRestart();
  }

  /** Ends ffmpeg, then closes the playlists. Idempotent. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#stopWatching();
    this.#cancelRestart();
    this.#run?.process.end();
    this.#change(() => this.#endRun(0));
    await this.#changes;
    await this.packager.end();
  }

  /** One change of runs after the other. */
  #change(task: () => Promise<void>): void {
    this.#changes = this.#changes.then(task).catch((error: unknown) => {
      this.#log.error({ err: error }, 'transcode change failed');
    });
  }

  /** Waits so long for the run to come to its end by itself, then ends it. */
  async #endRun(patienceMs: number): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    const cancel = this.#options.context.clock.after(patienceMs, () => run.process.end());
    if (patienceMs === 0) run.process.end();
    await run.process.finished;
    cancel();
  }

  async #replaceRun(handOverMs: number): Promise<void> {
    this.#cancelRestart();
    const before = this.#run?.source.id ?? null;
    await this.#endRun(this.#source?.id === before ? 0 : handOverMs);
    const source = this.#source;
    if (source === null || this.#ended !== null) return;
    const { context, stream } = this.#options;
    const encoder =
      this.#state.softwareInstead === null ? this.#options.encoder() : SOFTWARE_ENCODER;
    const ladder = this.#ladderOf(source, encoder);
    const published = this.packager.publishedMs();
    const startAtMs = Math.max(source.firstMediaMs, published ?? source.firstMediaMs);
    const output = this.packager.beginRun({
      plan: planOf(ladder, source),
      wallBaseMs: source.wallBaseMs,
      startAtMs,
    });
    const runNumber = this.#options.nextRunNumber();
    const startedAt = context.clock.now();
    const process = startTranscodeRun({
      request: {
        source,
        ladder,
        encoder,
        cores: this.#options.cores,
        socketOf: (rendition) => this.#options.directory.socketPath(runNumber, rendition),
        startAtMs: startAtMs > source.firstMediaMs ? startAtMs : null,
        segmentMs: context.config.segmentMs,
      },
      output,
      registry: this.#options.registry,
      log: this.#log,
    });
    const watch = new ProgressWatch(startedAt);
    const run = { source, ladder, encoder, output, process, startedAt, watch };
    this.#run = run;
    running.inc();
    this.#log.info(
      {
        startedAfterMs: startedAt - stream.startedAt,
        sourceRun: source.run,
        startAtMs,
        encoder: encoder.name,
        renditions: ladder.video.map((rung) => `${rung.name}${rung.copied ? ' copied' : ''}`),
      },
      'transcode began',
    );
    void process.finished.then((exit) => this.#runFinished(run, exit));
  }

  #ladderOf(source: Source, encoder: VideoEncoder): Ladder {
    return ladderFor({
      source,
      cores: this.#options.cores,
      setting: this.#options.context.config.ladder,
      hardware: encoder.hardware,
      encodeSource: this.#state.longKeyframes !== null,
      shed: this.#state.shed.length,
    });
  }

  #runFinished(run: ActiveRun, exit: FfmpegExit): void {
    running.dec();
    const { code, signal, stderr } = exit;
    if (exit.kind === 'asked' || this.#ended !== null || this.#run !== run) return;
    const expected = exit.kind === 'input_ended' && this.#interrupted;
    this.#log[expected ? 'info' : 'warn'](
      { exit: exit.kind, code, signal, stderr },
      'ffmpeg ended',
    );
    if (this.#interrupted) return;
    this.#state.fault = exit.error?.message ?? null;
    const lived = this.#options.context.clock.now() - run.startedAt;
    this.#state.failures = lived >= SOUND_RUN_MS ? 1 : this.#state.failures + 1;
    if (run.encoder.hardware && this.#state.failures >= HARDWARE_TRIES) {
      this.#state.softwareInstead = run.encoder.label;
    }
    const patience = exit.kind === 'input_ended' ? INPUT_ENDED_PATIENCE_MS : 0;
    this.#restart(exit.kind, Math.max(patience, backoffMs(this.#state.failures)));
  }

  #restart(reason: RestartReason, delayMs: number): void {
    const { clock } = this.#options.context;
    this.#cancelRestart();
    this.#cancelRestart = clock.after(delayMs, () => {
      if (this.#interrupted || this.#ended !== null) return;
      restarts.inc({ reason });
      this.#change(() => this.#replaceRun(0));
    });
  }

  #longKeyframes(seconds: number): void {
    const run = this.#run;
    if (run === null || this.#state.longKeyframes !== null || this.#ended !== null) return;
    if (!run.ladder.video.some((rung) => rung.copied)) return;
    this.#state.longKeyframes = seconds;
    this.#log.warn({ seconds }, 'keyframes too far apart');
    this.#change(() => this.#replaceRun(0));
  }

  /** Every half second: is the run moving, does it keep up, and what is to be told. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      await this.#judge();
      await this.#report();
    } catch (error) {
      this.#log.error({ err: error }, 'transcode watch failed');
    } finally {
      this.#watching = false;
    }
  }

  async #judge(): Promise<void> {
    const run = this.#run;
    if (run === null || this.#interrupted) return;
    const fedMs = await newestMediaMs(run.source.url);
    if (this.#run !== run || this.#ended !== null) return;
    const watched = run.ladder.video.length > 0 ? run.ladder.video : [{ name: 'audio' }];
    const outMs = watched.map(({ name }) => run.output.lastMediaMs(name));
    const now = this.#options.context.clock.now();
    const verdict = run.watch.observe({ now, fedMs, outMs });
    if (verdict === 'hung') this.#replaceHung(run);
    else if (verdict === 'behind' && canShed(run.ladder)) this.#shed(run);
  }

  #replaceHung(run: ActiveRun): void {
    this.#log.warn('ffmpeg hangs');
    this.#run = null;
    this.#state.failures += 1;
    run.process.kill();
    this.#change(async () => void (await run.process.finished));
    this.#restart('hung', backoffMs(this.#state.failures));
  }

  #shed(run: ActiveRun): void {
    const before = run.ladder.video;
    this.#state.shed.push('');
    const after = this.#ladderOf(run.source, run.encoder).video;
    const gone = before.find((rung) => !after.some(({ name }) => name === rung.name));
    const smaller = after.find((rung) => !rung.copied);
    const word = gone?.name ?? `the full size (now ${smaller?.width}x${smaller?.height})`;
    this.#state.shed[this.#state.shed.length - 1] = word;
    shedRungs.inc();
    this.#log.warn({ rendition: word }, 'encoders fell behind, rendition shed');
    this.#change(() => this.#replaceRun(0));
  }

  /** Tells the directory what changed, at most once a watch. */
  async #report(): Promise<void> {
    if (this.#ended !== null) return;
    const facts: RenditionFacts[] = this.packager.facts();
    const ladder = this.#run?.ladder ?? { video: [], audio: null };
    const video = this.#source?.video ?? null;
    const advice = transcodeAdvice({ ...this.#state, video, ladder });
    const report = JSON.stringify([facts, advice]);
    if (report === this.#reported) return;
    this.#reported = report;
    const { context, stream } = this.#options;
    await context.directory.setRenditions(stream.streamId, facts, advice);
  }
}
