import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record } from './recording.ts';

/** What is packaged, prerecorded so that no encoder takes part in the measurement. */
const RENDITIONS = {
  source: { width: 1280, height: 720, videoKbps: 2500 },
  '360p': { width: 640, height: 360, videoKbps: 600 },
};
const FPS = 30;

export interface OriginOrder {
  dataDir: string;
  /** Video of each rendition; the first one's audio is the audio rendition's. */
  recordings: { name: string; file: string; width: number; height: number }[];
  durationMs: number;
  fps: number;
}

export interface OriginReady {
  port: number;
  /** Media playlist of each rendition. */
  playlistPaths: Record<string, string>;
}

export interface OriginReport {
  parts: {
    playlistPath: string;
    /** `MSN.PART` */
    part: string;
    /** When it was published, on the machine's monotonic clock, ms. */
    atMs: number;
  }[];
  /** Requests by URL. */
  requests: Record<string, number>;
}

export interface PackagerOrigin extends OriginReady {
  pid: number;
  /** Where the store writes complete segments. */
  dataDir: string;
  report(): Promise<OriginReport>;
  stop(): Promise<void>;
}

/**
 * The packager and the origin as the server has them, in a process of their own, fed with
 * recordings at real-time pace in the place of ffmpeg's output. Resolves when they can be played.
 * @param options.seconds of the recordings, which are played over and over
 */
export async function startPackagerOrigin(
  { seconds, nodeArgs }: { seconds: number; nodeArgs: string[] } = { seconds: 8, nodeArgs: [] },
): Promise<PackagerOrigin> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footlight-origin-'));
  const recordings = [];
  for (const [name, size] of Object.entries(RENDITIONS)) {
    const shape = { ...size, fps: FPS, seconds, audioKbps: 128, keyframeSeconds: 2 };
    const file = join(dataDir, `${name}.flv`);
    await writeFile(file, (await record(shape)).flv);
    recordings.push({ name, file, width: size.width, height: size.height });
  }
  const child = fork(join(import.meta.dirname, 'packager-origin-process.ts'), {
    execArgv: nodeArgs,
  });
  const exited = once(child, 'exit');
  const order: OriginOrder = { dataDir, recordings, durationMs: seconds * 1000, fps: FPS };
  child.send(order);
  const [ready] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('The origin ended before it was ready.'))),
  ])) as [OriginReady];
  return {
    ...ready,
    pid: child.pid ?? 0,
    dataDir,
    async report() {
      child.send('report');
      const [report] = (await once(child, 'message')) as [OriginReport];
      return report;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
