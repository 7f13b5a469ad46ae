import { AppError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type FfmpegExit, type FfmpegProcess, startTranscode } from './ffmpeg-command.ts';
import type { PackagerRun } from './packager/stream-packager.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { openInlets } from './rendition-inlets.ts';
import { type TranscodeRequest, transcodeArguments } from './transcode-arguments.ts';

/** How long what ffmpeg wrote last may still be read after it ended. */
const DRAIN_MS = 500;

export interface TranscodeRun {
  /** Settles when ffmpeg is gone, its last bytes are packaged and the sockets closed. */
  finished: Promise<FfmpegExit>;
  /** Ends ffmpeg at once, nothing of it is packaged from now on; `finished` reads `asked`. */
  end(): void;
  /** Ends an ffmpeg that hangs; `finished` reads `killed`. */
  kill(): void;
}

export interface TranscodeRunOptions {
  request: TranscodeRequest;
  output: PackagerRun;
  registry: ProcessRegistry;
  log: Log;
}

const within = (ms: number, promise: Promise<void>) => {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const failed = (error: unknown): FfmpegExit => ({
  kind: 'not_started',
  code: null,
  signal: null,
  stderr: [],
  error: new AppError({
    code: 'transcode_not_started',
    message: `The transcoder could not be started: ${messageOf(error)}. Check that DATA_DIR is writable and has room.`,
    retryable: true,
    cause: error,
  }),
});

/** One ffmpeg over one source, its renditions flowing into the packager. */
export function startTranscodeRun(options: TranscodeRunOptions): TranscodeRun {
  let ffmpeg: FfmpegProcess | null = null;
  let ended = false;
  const run = async (): Promise<FfmpegExit> => {
    const { request, output, registry, log } = options;
    const wanted = transcodeArguments(request);
    const inlets = await openInlets({
      renditions: wanted.outputs.map(({ rendition }) => rendition),
      socketOf: request.socketOf,
      onData: guarded(output, log),
      log,
    });
    try {
      let forget = () => {};
      ffmpeg = startTranscode(wanted, (pid) => {
        forget = registry.add(pid);
      });
      if (ended) ffmpeg.end();
      const exit = await ffmpeg.exited;
      forget();
      if (exit.kind === 'input_ended') await within(DRAIN_MS, inlets.drained);
      return exit;
    } finally {
      inlets.close();
    }
  };
  /** Media that the packager cannot take ends the run, not the server. */
  const guarded = (output: PackagerRun, log: Log) => (rendition: string, chunk: Buffer) => {
    try {
      output.push(rendition, chunk);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.error({ rendition, code: error.code, reason: error.message }, 'packager refused media');
      ffmpeg?.kill();
    }
  };
  return {
    finished: run()
      .catch(failed)
      .finally(() => options.output.close()),
    end() {
      ended = true;
      ffmpeg?.end();
      options.output.close();
    },
    kill: () => ffmpeg?.kill(),
  };
}
