import type { Source } from '../platform/stream.ts';
import { type TranscodeState, transcodeAdvice } from './advice.ts';
import type { StreamPackager } from './packager/stream-packager.ts';
import type { StreamTranscodeOptions } from './transcode-options.ts';

const EVERY_MS = 900;

/** Keeps the directory's entry current: renditions and advice, at most once a second, when changed. */
export class StreamReport {
  readonly #options: StreamTranscodeOptions;
  readonly #packager: StreamPackager;
  #last = '';
  #toldAt = 0;

  constructor(options: StreamTranscodeOptions, packager: StreamPackager) {
    this.#options = options;
    this.#packager = packager;
  }

  async tell(
    state: Omit<TranscodeState, 'video' | 'storeFault'>,
    source: Source | null,
  ): Promise<void> {
    const { context, stream, onReport } = this.#options;
    const now = context.clock.now();
    if (now - this.#toldAt < EVERY_MS) return;
    const facts = this.#packager.facts();
    const storeFault = this.#packager.storeFault();
    const advice = transcodeAdvice({ ...state, video: source?.video ?? null, storeFault });
    const report = JSON.stringify([facts, advice]);
    if (report === this.#last) return;
    this.#last = report;
    this.#toldAt = now;
    await context.directory.setRenditions(stream.streamId, facts, advice);
    onReport();
  }
}
