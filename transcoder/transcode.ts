import type { Context } from '../platform/context.ts';
import type { Source } from '../platform/stream.ts';
import { type ActiveRun, startActiveRun } from './active-run.ts';
import type { TranscodeState } from './advice.ts';
import type { FfmpegExit } from './ffmpeg-command.ts';
import { LadderChoice } from './ladder-choice.ts';
import { type RestartReason, restarts } from './metrics.ts';
import type { StreamPackager } from './packager/stream-packager.ts';
import { RunFailures } from './run-failures.ts';
import { RunSequence } from './run-sequence.ts';
import { StreamReport } from './stream-report.ts';
import type { StreamTranscodeOptions } from './transcode-options.ts';
import { SOFTWARE_ENCODER } from './video-encoder.ts';

const WATCH_MS = 500;
/** The fact that the encoder is gone comes shortly after the end of its media. */
const INPUT_ENDED_PATIENCE_MS = 500;
const OVER_TOO_SOON =
  'encoder stopped before there was anything to show: it has to send for a second at least';
/** What the run over an old source may take to read the rest of it. */
const HAND_OVER_MS = 300;

/**
 * One stream: keeps one ffmpeg running over its newest source and its output in the packager,
 * whatever happens to that ffmpeg.
 */
export class StreamTranscode {
  readonly packager: StreamPackager;
  readonly #options: StreamTranscodeOptions;
  readonly #log: Context['log'];
  readonly #runs: RunSequence;
  readonly #report: StreamReport;
  readonly #stopWatching: () => void;
  #source: Source | null = null;
  #interrupted = false;
  #isOver = false;
  #ended: Promise<void> | null = null;
  #cancelRestart: () => void = () => {};
  #watching = false;
  readonly #choice: LadderChoice;
  readonly #failures = new RunFailures();
  /** Why ffmpeg could not be started; null otherwise. */
  #fault: string | null = null;

  constructor(options: StreamTranscodeOptions) {
    const { channel, streamId } = options.stream;
    this.#log = options.context.log.child({ channel, streamId });
    this.#options = { ...options, context: { ...options.context, log: this.#log } };
    this.#choice = new LadderChoice(options);
    this.packager = options.createPackager({
      onPlayable: () => this.#playable(),
      onLongKeyframes: (seconds) => this.#encodeSource(seconds),
    });
    this.#runs = new RunSequence({
      clock: options.context.clock,
      log: this.#log,
      onEnd: (run, exit) => this.#runEnded(run, exit),
    });
    this.#report = new StreamReport(this.#options, this.packager);
    this.#stopWatching = options.context.clock.every(WATCH_MS, () => void this.#watch());
  }

  /** The stream has a (new) source: the run over the old one ends, one over this one begins. */
  sourceBegan(source: Source): void {
    if (this.isOver) return;
    const handOverMs = this.#source === null ? 0 : HAND_OVER_MS;
    this.#source = source;
    this.#interrupted = false;
    this.#failures.forgive();
    this.#choice.tryOneMore('new source');
    this.#replaceRun(handOverMs);
  }

  /** The encoder is gone: an ffmpeg that ends now is not replaced. */
  interrupted(): void {
    this.#interrupted = true;
    this.#cancelRestart();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends ffmpeg, then closes the playlists. Idempotent. */
  end(): Promise<void> {
    if (this.#ended === null) {
      this.#isOver = true;
      this.#stopWatching();
      this.#cancelRestart();
      this.#options.onEnd();
      this.#ended = this.#runs.end().then(() => this.packager.end());
    }
    return this.#ended;
  }

  /** The last part of a stream that ends may be its first: then it is too late for viewers. */
  #playable(): void {
    if (this.isOver) return;
    this.#options.onPlayable().catch((error: unknown) => {
      this.#log.error({ err: error }, 'stream was not announced as playable');
    });
  }

  #replaceRun(patienceMs: number): void {
    this.#cancelRestart();
    this.#runs.replace(patienceMs, () => {
      const source = this.isOver ? null : this.#source;
      return source === null ? null : this.#startRun(source);
    });
  }

  #startRun(source: Source): ActiveRun {
    const { context, stream } = this.#options;
    const { softwareInstead } = this.#failures;
    const encoder = softwareInstead === null ? this.#options.encoder() : SOFTWARE_ENCODER;
    const ladder = this.#choice.ladder(source, encoder);
    const wanted = { source, ladder, encoder, packager: this.packager };
    const run = startActiveRun(wanted, this.#options);
    this.#log.info(
      {
        streamAgeMs: context.clock.now() - stream.startedAt,
        sourceRun: source.run,
        startAtMs: run.startAtMs,
        encoder: encoder.name,
        renditions: ladder.video.map((rung) => `${rung.name}${rung.copied ? ' copied' : ''}`),
      },
      'transcode began',
    );
    return run;
  }

  #runEnded(run: ActiveRun, exit: FfmpegExit): void {
    if (exit.kind === 'asked' || this.isOver) return;
    const { code, signal, stderr, error } = exit;
    const level = this.#interrupted && exit.kind === 'input_ended' ? 'info' : 'warn';
    this.#log[level]({ exit: exit.kind, code, signal, stderr, err: error }, 'ffmpeg ended');
    if (this.#interrupted) {
      if (this.packager.publishedMs() === null) this.#log.warn(OVER_TOO_SOON);
      return;
    }
    this.#fault = error?.message ?? null;
    this.#countFailure(run);
    const patience = exit.kind === 'input_ended' ? INPUT_ENDED_PATIENCE_MS : 0;
    this.#restart(exit.kind, patience);
  }

  #countFailure(run: ActiveRun): void {
    this.#choice.noteTrouble();
    this.#failures.count(run, this.#options.context.clock.now());
  }

  #restart(reason: RestartReason, patienceMs: number): void {
    const delayMs = Math.max(patienceMs, this.#failures.delayMs);
    this.#cancelRestart();
    this.#cancelRestart = this.#options.context.clock.after(delayMs, () => {
      restarts.inc({ reason });
      this.#replaceRun(0);
    });
  }

  /** Returns whether the run is replaced by one that encodes its source. */
  #encodeSource(seconds: number): boolean {
    const run = this.#runs.current;
    if (run === null || this.isOver || !this.#choice.encodeSource(run, seconds)) return false;
    this.#log.warn({ seconds }, 'keyframes too far apart');
    this.#replaceRun(0);
    return true;
  }

  /** Every half second: is the run moving, does it keep up, and what is to be told. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      await this.#judge();
      if (!this.isOver) await this.#report.tell(this.#state(), this.#source);
    } catch (error) {
      this.#log.error({ err: error }, 'transcode watch failed');
    } finally {
      this.#watching = false;
    }
  }

  #state(): Omit<TranscodeState, 'video' | 'storeFault'> {
    return {
      longKeyframes: this.#choice.longKeyframes,
      shed: this.#choice.shed,
      failures: this.#failures.inARow,
      fault: this.#fault,
      softwareInstead: this.#failures.softwareInstead,
    };
  }

  async #judge(): Promise<void> {
    const run = this.#runs.current;
    if (run === null || this.#interrupted) return;
    const verdict = await run.judge();
    if (this.#runs.current !== run || this.isOver || this.#interrupted) return;
    if (verdict === 'hung') this.#replaceHung(run);
    else if (verdict === 'behind') this.#fellBehind(run);
    else this.#tryOneMore();
  }

  #replaceHung(run: ActiveRun): void {
    this.#log.warn('ffmpeg hangs');
    this.#runs.kill();
    this.#countFailure(run);
    this.#restart('hung', 0);
  }

  #tryOneMore(): void {
    if (!this.#choice.tryOneMore('unbroken')) return;
    this.#log.info({ shed: this.#choice.shed }, 'shed rendition tried again');
    this.#replaceRun(0);
  }

  #fellBehind(run: ActiveRun): void {
    if (!this.#choice.shedOne(run)) return;
    this.#log.warn({ shed: this.#choice.shed }, 'encoders fell behind, rendition shed');
    this.#replaceRun(0);
  }
}
