import type { Context } from '../platform/context.ts';
import type { Source, VideoCodec } from '../platform/stream.ts';
import { type ActiveRun, startActiveRun } from './active-run.ts';
import type { TranscodeState } from './advice.ts';
import { backoffMs, SOUND_RUN_MS } from './backoff.ts';
import type { FfmpegExit } from './ffmpeg-command.ts';
import { cheaperLadder, type LadderInput, ladderFor } from './ladder.ts';
import { type RestartReason, restarts, shedRungs } from './metrics.ts';
import type { StreamPackager } from './packager/stream-packager.ts';
import { RunSequence } from './run-sequence.ts';
import { ShedRungs } from './shed-rungs.ts';
import { StreamReport } from './stream-report.ts';
import type { StreamTranscodeOptions } from './transcode-options.ts';
import { SOFTWARE_ENCODER, type VideoEncoder } from './video-encoder.ts';

const WATCH_MS = 500;
/** The fact that the encoder is gone comes shortly after the end of its media. */
const INPUT_ENDED_PATIENCE_MS = 500;
/** What the run over an old source may take to read the rest of it. */
const HAND_OVER_MS = 300;
const HARDWARE_TRIES = 2;

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
  /** As it was when the stream began: no rendition changes its codec on the way. */
  readonly #handedOn: readonly VideoCodec[];
  #source: Source | null = null;
  #interrupted = false;
  #ended: Promise<void> | null = null;
  #cancelRestart: () => void = () => {};
  #watching = false;
  readonly #shedRungs: ShedRungs;
  readonly #state: Omit<TranscodeState, 'video' | 'storeFault' | 'shed'> = {
    longKeyframes: null,
    failures: 0,
    fault: null,
    softwareInstead: null,
  };

  constructor(options: StreamTranscodeOptions) {
    const { channel, streamId } = options.stream;
    this.#log = options.context.log.child({ channel, streamId });
    this.#options = { ...options, context: { ...options.context, log: this.#log } };
    this.#handedOn = options.handedOn();
    this.#shedRungs = new ShedRungs(options.context.clock);
    this.packager = options.createPackager({
      onPlayable: () => this.#playable(),
      onLongKeyframes: (seconds) => this.#longKeyframes(seconds),
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
    this.#state.failures = 0;
    this.#shedRungs.tryOneMore('new source');
    this.#replaceRun(handOverMs);
  }

  /** The encoder is gone: an ffmpeg that ends now is not replaced. */
  interrupted(): void {
    this.#interrupted = true;
    this.#cancelRestart();
  }

  get isOver(): boolean {
    return this.#ended !== null;
  }

  /** Ends ffmpeg, then closes the playlists. Idempotent. */
  end(): Promise<void> {
    if (this.#ended === null) {
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
    const encoder =
      this.#state.softwareInstead === null ? this.#options.encoder() : SOFTWARE_ENCODER;
    const ladder = ladderFor(this.#ladderInput(source, encoder));
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

  #ladderInput(source: Source, encoder: VideoEncoder): LadderInput {
    return {
      source,
      cores: this.#options.cores,
      setting: this.#options.context.config.ladder,
      hardware: encoder.hardware,
      encodeSource: this.#state.longKeyframes !== null,
      handedOn: this.#handedOn,
      shed: this.#shedRungs.names.length,
    };
  }

  #runEnded(run: ActiveRun, exit: FfmpegExit): void {
    if (exit.kind === 'asked' || this.isOver) return;
    const { code, signal, stderr, error } = exit;
    const level = this.#interrupted && exit.kind === 'input_ended' ? 'info' : 'warn';
    this.#log[level]({ exit: exit.kind, code, signal, stderr, err: error }, 'ffmpeg ended');
    if (this.#interrupted) return;
    this.#state.fault = error?.message ?? null;
    this.#countFailure(run);
    const patience = exit.kind === 'input_ended' ? INPUT_ENDED_PATIENCE_MS : 0;
    this.#restart(exit.kind, patience);
  }

  #countFailure(run: ActiveRun): void {
    this.#shedRungs.noteTrouble();
    const lived = this.#options.context.clock.now() - run.startedAt;
    this.#state.failures = lived >= SOUND_RUN_MS ? 1 : this.#state.failures + 1;
    if (run.encoder.hardware && this.#state.failures >= HARDWARE_TRIES) {
      this.#state.softwareInstead = run.encoder.label;
    }
  }

  #restart(reason: RestartReason, patienceMs: number): void {
    const delayMs = Math.max(patienceMs, backoffMs(this.#state.failures));
    this.#cancelRestart();
    this.#cancelRestart = this.#options.context.clock.after(delayMs, () => {
      restarts.inc({ reason });
      this.#replaceRun(0);
    });
  }

  #longKeyframes(seconds: number): void {
    const copies = this.#runs.current?.ladder.video.some((rung) => rung.copied) ?? false;
    if (!copies || this.#state.longKeyframes !== null || this.isOver) return;
    this.#state.longKeyframes = seconds;
    this.#log.warn({ seconds }, 'keyframes too far apart');
    this.#replaceRun(0);
  }

  /** Every half second: is the run moving, does it keep up, and what is to be told. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      await this.#judge();
      const state = { ...this.#state, shed: this.#shedRungs.names };
      if (!this.isOver) await this.#report.tell(state, this.#source);
    } catch (error) {
      this.#log.error({ err: error }, 'transcode watch failed');
    } finally {
      this.#watching = false;
    }
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
    if (!this.#shedRungs.tryOneMore('unbroken')) return;
    this.#log.info({ shed: this.#shedRungs.names }, 'shed rendition tried again');
    this.#replaceRun(0);
  }

  #fellBehind({ ladder, source, encoder }: ActiveRun): void {
    const cheaper = cheaperLadder(this.#ladderInput(source, encoder));
    if (cheaper === null) {
      this.#shedRungs.noteTrouble();
      return;
    }
    const left = cheaper.video;
    const gone = ladder.video.find((rung) => !left.some(({ name }) => name === rung.name));
    this.#shedRungs.shed(gone?.name ?? `the full size (now ${left[0]?.width}x${left[0]?.height})`);
    shedRungs.inc();
    this.#log.warn({ shed: this.#shedRungs.names }, 'encoders fell behind, rendition shed');
    this.#replaceRun(0);
  }
}
