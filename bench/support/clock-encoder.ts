import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { BurnedClock, beeps, CLOCK } from './burned-clock.ts';

/** Fine enough that neither sound nor picture waits long for being due. */
const TICK_MS = 5;

export interface ClockEncoderOptions {
  /** Where to publish. */
  url: string;
  width?: number;
  height?: number;
  fps?: number;
  keyframeSeconds?: number;
  bitrate?: string;
  /** `zero`: x264's zerolatency; `obs`: veryfast, two B-frames, look-ahead, as OBS sets it. */
  style?: 'zero' | 'obs';
  /** 0 to 1: how hard the picture is to encode. */
  detail?: number;
}

export interface ClockEncoder {
  pid: number;
  stderr(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** An encoder whose camera shows the wall clock: frames leave at the moment they say. */
export function startClockEncoder(options: ClockEncoderOptions): ClockEncoder {
  const { width = 640, height = 360, fps = 30 } = options;
  const child = spawn('ffmpeg', argumentsOf(options), {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-16_384);
  });
  const painter = new BurnedClock({ width, height, detail: options.detail ?? 0.25 });
  const stopCamera = runCamera(child, painter, fps);
  const exited = once(child, 'exit');
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  return {
    pid: child.pid ?? -1,
    stderr: () => said,
    async stop(signal = 'SIGINT') {
      stopCamera();
      process.off('exit', endWithParent);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const insist = setTimeout(() => child.kill('SIGKILL'), 4000);
      await exited;
      clearTimeout(insist);
    },
  };
}

function runCamera(child: ChildProcess, painter: BurnedClock, fps: number): () => void {
  const picture = child.stdin;
  const sound = child.stdio[3] as Writable;
  // The encoder may go first; what is then written is nobody's business.
  picture?.on('error', () => undefined);
  sound.on('error', () => undefined);
  const startedAt = performance.now();
  let frame = 0;
  let sample = 0;
  const timer = setInterval(() => {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const samplesDue = Math.floor(elapsedSeconds * CLOCK.sampleRate);
    if (samplesDue > sample) {
      sound.write(beeps(sample, samplesDue));
      sample = samplesDue;
    }
    while (frame / fps <= elapsedSeconds) {
      const flash = (frame / fps) % 1 < CLOCK.beepMs / 1000;
      picture?.write(Buffer.from(painter.paint(Date.now(), frame, flash)));
      frame += 1;
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}

function argumentsOf(options: ClockEncoderOptions): string[] {
  const { width = 640, height = 360, fps = 30, keyframeSeconds = 2, bitrate = '800k' } = options;
  const gop = String(Math.round(keyframeSeconds * fps));
  const style =
    options.style === 'obs'
      ? ['-preset', 'veryfast', '-profile:v', 'high', '-bf', '2']
      : ['-preset', 'veryfast', '-tune', 'zerolatency'];
  return [
    ...['-hide_banner', '-loglevel', 'warning'],
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-video_size', `${width}x${height}`],
    ...['-framerate', String(fps), '-i', 'pipe:0'],
    ...['-f', 's16le', '-ar', String(CLOCK.sampleRate), '-ac', '1', '-i', 'pipe:3'],
    ...['-c:v', 'libx264', ...style, '-b:v', bitrate, '-maxrate', bitrate, '-bufsize', bitrate],
    ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
    ...['-flush_packets', '1', '-f', 'flv', options.url],
  ];
}
