import type { TestContext } from 'vitest';
import { type FlvSource, type FlvSourceOptions, startFlvSource } from './flv-source.ts';
import { startTranscoderHost, type TranscoderHost } from './transcoder-host.ts';

export interface TranscoderStage {
  host(settings?: Record<string, string>, cores?: number): Promise<TranscoderHost>;
  publish(options?: FlvSourceOptions): Promise<FlvSource>;
  /** A source of the same stream after its encoder came back. */
  comeBack(first: FlvSource, options?: FlvSourceOptions): Promise<FlvSource>;
}

export const LADDER = '120p@150k';

/** What one test starts, ended with it: tests may run side by side. */
export function stageOf({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): TranscoderStage {
  const publish = async (options?: FlvSourceOptions) => {
    const source = await startFlvSource(options);
    onTestFinished(() => source.close());
    return source;
  };
  return {
    publish,
    async host(settings = { SEGMENT_MS: '1000', LADDER }, cores = 2) {
      const host = await startTranscoderHost({ settings, cores });
      onTestFinished(() => host.close());
      return host;
    },
    comeBack: (first, options = {}) =>
      publish({
        ...options,
        run: 2,
        wallBaseMs: first.source.wallBaseMs,
        firstMediaMs: first.newestMediaMs() + 500,
      }),
  };
}
