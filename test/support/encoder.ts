import { type ChildProcess, spawn } from 'node:child_process';

export interface EncoderOptions {
  /** Where to publish: `rtmp://127.0.0.1:PORT/live/KEY`. */
  url: string;
  width?: number;
  height?: number;
  /** A number or a fraction: 30, 60, '30000/1001'. */
  fps?: number | string;
  keyframeSeconds?: number;
  bFrames?: number;
  audio?: boolean;
  video?: boolean;
  /** As ffmpeg takes it: '800k'. */
  bitrate?: string;
  preset?: string;
  /** False: OBS-like, with look-ahead. */
  zeroLatency?: boolean;
  /** Ends by itself after so much media. */
  seconds?: number;
  /** False: as fast as the machine encodes. */
  realTime?: boolean;
  /** A video filter behind the test picture. */
  filter?: string;
  /** Output options, before the URL; the last one of a name wins. */
  extraArgs?: string[];
}

export interface Encoder {
  pid: number;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
  /** What ffmpeg has said so far. */
  stderr(): string;
  /** Ends it and waits: SIGINT stops it cleanly as OBS does, SIGKILL is a lost encoder. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts an ffmpeg that publishes a test picture and a tone as an encoder would. */
export function startEncoder(options: EncoderOptions): Encoder {
  const child = spawn('ffmpeg', encoderArgs(options), { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = collectStderr(child);
  const exited = new Promise<{
    code: number | null;
    signal: NodeJS.Signals | null;
    stderr: string;
  }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stderr: said() }));
  });
  exited.catch(() => {});
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  exited.finally(() => process.off('exit', endWithParent)).catch(() => {});
  return {
    pid: child.pid ?? -1,
    exited,
    stderr: said,
    async stop(signal = 'SIGINT') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const insist = setTimeout(() => child.kill('SIGKILL'), 4000);
      await exited.finally(() => clearTimeout(insist));
    },
  };
}

export function encoderArgs(options: EncoderOptions): string[] {
  const { audio = true, video = true, realTime = true } = options;
  const pace = realTime ? ['-re'] : [];
  const args = ['-hide_banner', '-loglevel', 'warning', '-nostdin'];
  if (video) args.push(...pace, '-f', 'lavfi', '-i', testPicture(options));
  if (audio) args.push(...pace, '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000');
  if (video) args.push(...videoArgs(options));
  if (audio) args.push('-c:a', 'aac', '-b:a', '96k', '-ac', '2');
  if (options.seconds !== undefined) args.push('-t', String(options.seconds));
  return [...args, ...(options.extraArgs ?? []), '-f', 'flv', options.url];
}

function testPicture(options: EncoderOptions): string {
  const { width = 320, height = 180, fps = 30 } = options;
  return `testsrc2=size=${width}x${height}:rate=${fps}`;
}

function videoArgs(options: EncoderOptions): string[] {
  const { fps = 30, keyframeSeconds = 2, bFrames = 0, bitrate = '400k' } = options;
  const { preset = 'ultrafast', zeroLatency = bFrames === 0, filter } = options;
  const gop = Math.max(1, Math.round(keyframeSeconds * framesPerSecond(fps)));
  return [
    ...(filter === undefined ? [] : ['-vf', filter]),
    ...['-c:v', 'libx264', '-preset', preset, '-pix_fmt', 'yuv420p', '-threads', '1'],
    ...(zeroLatency ? ['-tune', 'zerolatency'] : []),
    ...['-b:v', bitrate, '-maxrate', bitrate, '-bufsize', bitrate],
    ...['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0'],
    ...['-bf', String(bFrames)],
  ];
}

function framesPerSecond(fps: number | string): number {
  const [numerator = '30', denominator = '1'] = String(fps).split('/');
  return Number(numerator) / Number(denominator);
}

const STDERR_KEPT = 20_000;

function collectStderr(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-STDERR_KEPT);
  });
  return () => text;
}
