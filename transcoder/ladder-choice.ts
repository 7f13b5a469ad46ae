import type { Source } from '../platform/stream.ts';
import type { ActiveRun } from './active-run.ts';
import { cheaperLadder, type Ladder, type LadderInput, ladderFor } from './ladder.ts';
import { shedRungs } from './metrics.ts';
import { ShedRungs } from './shed-rungs.ts';
import type { StreamTranscodeOptions } from './transcode-options.ts';
import type { VideoEncoder } from './video-encoder.ts';

/** The ladder of one stream, as what is learned on the way changes it. */
export class LadderChoice {
  readonly #fixed: Pick<LadderInput, 'cores' | 'setting' | 'handedOn'>;
  readonly #shed: ShedRungs;
  #longKeyframes: number | null = null;

  constructor({ context, cores, handedOn }: StreamTranscodeOptions) {
    // As it is when the stream begins: no rendition changes its codec on the way.
    this.#fixed = { cores, setting: context.config.ladder, handedOn: handedOn() };
    this.#shed = new ShedRungs(context.clock);
  }

  /** Names of the rungs given up, in the order in which they went. */
  get shed(): readonly string[] {
    return this.#shed.names;
  }

  /** Seconds between keyframes when they came too far apart; null: they did not. */
  get longKeyframes(): number | null {
    return this.#longKeyframes;
  }

  ladder(source: Source, encoder: VideoEncoder): Ladder {
    return ladderFor(this.#input(source, encoder));
  }

  #input(source: Source, { hardware }: VideoEncoder): LadderInput {
    const encodeSource = this.#longKeyframes !== null;
    return { ...this.#fixed, source, hardware, encodeSource, shed: this.#shed.names.length };
  }

  /** Keyframes are too far apart to cut the copied source at. Returns whether that is news. */
  encodeSource({ ladder }: ActiveRun, seconds: number): boolean {
    if (this.#longKeyframes !== null || !ladder.video.some((rung) => rung.copied)) return false;
    this.#longKeyframes = seconds;
    return true;
  }

  /** The encoders of this run fell behind. Returns whether a rung was given up for it. */
  shedOne({ ladder, source, encoder }: ActiveRun): boolean {
    const cheaper = cheaperLadder(this.#input(source, encoder));
    if (cheaper === null) {
      this.#shed.noteTrouble();
      return false;
    }
    const left = cheaper.video;
    const gone = ladder.video.find((rung) => !left.some(({ name }) => name === rung.name));
    this.#shed.shed(gone?.name ?? `the full size (now ${left[0]?.width}x${left[0]?.height})`);
    shedRungs.inc();
    return true;
  }

  /** Returns whether a rung that was given up gets another chance now. */
  tryOneMore(when: 'unbroken' | 'new source'): boolean {
    return this.#shed.tryOneMore(when);
  }

  /** A run failed: what was given up has to wait longer. */
  noteTrouble(): void {
    this.#shed.noteTrouble();
  }
}
