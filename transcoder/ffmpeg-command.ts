import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import ffmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { AppError, messageOf } from '../platform/errors.ts';
import type { TranscodeArguments } from './transcode-arguments.ts';

/** How an ffmpeg ended. `asked`: we ended it. `input_ended`: it came to the end of its source. */
export interface FfmpegExit {
  kind: 'asked' | 'input_ended' | 'crashed' | 'killed' | 'not_started';
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines it said, without URLs. */
  stderr: string[];
  /** Why it could not be started; null otherwise. */
  error: AppError | null;
}

export interface FfmpegProcess {
  /** Settles once, and never rejects. */
  exited: Promise<FfmpegExit>;
  /** Ends it at once, also when it is stopped or hangs. Safe to repeat. */
  end(): void;
  /** Ends it as hung: the exit reads `killed`. */
  kill(): void;
}

const STDERR_LINES = 30;
const STDERR_LINE_LENGTH = 300;

/** Said whenever streams are opened by their headers alone, as all are here. */
const SAID_OF_SHORT_PROBES =
  /not enough frames to estimate rate|Could not find codec parameters|Consider increasing the value/;

/** fluent-ffmpeg sets the child on the command when it emits `start`, not yet when run() returns. */
const childOf = (command: FfmpegCommand): ChildProcess | undefined =>
  (command as unknown as { ffmpegProc?: ChildProcess }).ffmpegProc;

/** URLs of our own loopback say nothing to a reader and open a source to whoever copies them. */
const withoutUrls = (line: string) => line.replace(/\b([a-z]+:\/\/|unix:)\S+/g, '<url>');

export const ffmpegMissing = (cause?: unknown) =>
  new AppError({
    code: 'ffmpeg_missing',
    message:
      'ffmpeg is not installed, so no stream can be prepared for viewers. Install it with `apt-get install -y ffmpeg`, then start the server again.',
    status: 503,
    cause,
  });

function notStarted(error: unknown): FfmpegExit {
  const text = messageOf(error);
  const fault = /cannot find ffmpeg|ENOENT/i.test(text)
    ? ffmpegMissing(error)
    : new AppError({
        code: 'ffmpeg_not_started',
        message: `ffmpeg could not be started (${withoutUrls(text)}). Check that \`ffmpeg -version\` works for the user of this server.`,
        status: 503,
        retryable: true,
        cause: error,
      });
  return { kind: 'not_started', code: null, signal: null, stderr: [], error: fault };
}

/** With which ffmpeg exits when it was sent SIGINT or SIGTERM, which it takes itself. */
const CODE_AFTER_SIGNAL = 255;

function endOf({ code, signal }: Pick<FfmpegExit, 'code' | 'signal'>) {
  if (code === 0) return 'input_ended';
  return signal !== null || code === CODE_AFTER_SIGNAL ? 'killed' : 'crashed';
}

/**
 * Runs a prepared command and says how it ended. fluent-ffmpeg reports every signal and every
 * non-zero code as the same `error`, so the exit is read from the child itself.
 */
function supervise(command: FfmpegCommand, onStart: (pid: number) => void): FfmpegProcess {
  const stderr: string[] = [];
  let asked = false;
  let wanted: NodeJS.Signals | null = null;
  let spawned = false;
  const { promise, resolve } = Promise.withResolvers<FfmpegExit>();
  command.on('start', () => {
    const child = childOf(command);
    // Without a process id it was not spawned; fluent-ffmpeg's `error` says why.
    if (child?.pid === undefined) return;
    child.once('close', (code, signal) => {
      const kind = asked ? 'asked' : endOf({ code, signal });
      resolve({ kind, code, signal, stderr, error: null });
    });
    spawned = true;
    onStart(child.pid);
    if (wanted !== null) child.kill(wanted);
  });
  command.on('stderr', (line: string) => {
    if (line === '' || SAID_OF_SHORT_PROBES.test(line)) return;
    stderr.push(withoutUrls(line).slice(0, STDERR_LINE_LENGTH));
    if (stderr.length > STDERR_LINES) stderr.shift();
  });
  command.on('error', (error) => {
    if (!spawned) resolve(notStarted(error));
  });
  command.run();
  const signal = (name: NodeJS.Signals) => {
    wanted = name;
    childOf(command)?.kill(name);
  };
  return {
    exited: promise,
    end() {
      asked = true;
      signal('SIGKILL');
    },
    kill: () => signal('SIGKILL'),
  };
}

/**
 * Starts the one ffmpeg of a source.
 * @param onStart called with the process id as soon as the child exists
 */
export function startTranscode(
  { input, outputs }: TranscodeArguments,
  onStart: (pid: number) => void,
): FfmpegProcess {
  // As separate arguments: fluent-ffmpeg splits the strings of an array at their spaces.
  const command = ffmpeg({ stdoutLines: STDERR_LINES }).input(input.url);
  command.inputOptions(...(input.options as [string]));
  for (const { url, options } of outputs) {
    command.output(url).outputOptions(...(options as [string]));
  }
  return supervise(command, onStart);
}

export interface OneShot {
  inputOptions: string[];
  outputOptions: string[];
  /** Written to its standard input. */
  input: Buffer;
  timeoutMs: number;
  /** 0 to 19. */
  niceness?: number;
  maxOutputBytes: number;
  /** Ends it before its time. */
  signal?: AbortSignal;
}

/** Runs ffmpeg once over bytes in memory; resolves with its exit and what it wrote. */
export async function runOnce(shot: OneShot): Promise<{ exit: FfmpegExit; output: Buffer }> {
  const written = new PassThrough();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const command = ffmpeg({ stdoutLines: STDERR_LINES, niceness: shot.niceness ?? 0 });
  command.input(Readable.from([shot.input]));
  command.inputOptions(...(['-hide_banner', ...shot.inputOptions] as unknown as [string]));
  command.output(written, { end: false });
  command.outputOptions(...(shot.outputOptions as [string]));
  const process = supervise(command, () => {});
  written.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > shot.maxOutputBytes) process.kill();
    else chunks.push(chunk);
  });
  const ended = once(written, 'end');
  const timer = setTimeout(() => process.kill(), shot.timeoutMs);
  const abort = () => process.end();
  shot.signal?.addEventListener('abort', abort);
  if (shot.signal?.aborted) abort();
  const exit = await process.exited;
  shot.signal?.removeEventListener('abort', abort);
  clearTimeout(timer);
  written.end();
  await ended;
  return { exit, output: Buffer.concat(chunks) };
}

const askFor = <T>(ask: (callback: (error: Error | null, found: T) => void) => void) =>
  new Promise<T>((resolve, reject) => {
    ask((error, found) => {
      if (error)
        reject(/cannot find ffmpeg|ENOENT/i.test(messageOf(error)) ? ffmpegMissing(error) : error);
      else resolve(found);
    });
  });

/**
 * Asks ffmpeg what it has. fluent-ffmpeg does so before its first command and keeps the answers:
 * asked at start, the first stream does not wait for it. Throws AppError `ffmpeg_missing`.
 */
export async function readCapabilities(): Promise<{ encoders: Set<string> }> {
  const command = ffmpeg();
  await askFor((done) => command.getAvailableFormats(done));
  const encoders = await askFor<object>((done) => command.getAvailableEncoders(done));
  return { encoders: new Set(Object.keys(encoders)) };
}
