import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchResult, type Figures, rounded, say } from './result.ts';
import { freePort } from './support/free-port.ts';
import type { IngestReady } from './support/ingest-process.ts';
import { startNginxRtmp } from './support/nginx-rtmp.ts';
import { treeCpuSeconds, treePssBytes } from './support/process.ts';
import { type Recording, record } from './support/recording.ts';
import { startSenders } from './support/rtmp-sender.ts';
import { sum } from './support/statistics.ts';

export const describe = 'CPU of RTMP ingest for each publisher, beside nginx-rtmp';

const SETTLE_MS = 4000;

interface Measured {
  pids: number[];
  port: number;
  keys: string[];
  measureMs: number;
}

/** What the processes use while all publishers send at real-time pace. */
async function whileSending(
  { pids, port, keys, measureMs }: Measured,
  recording: Recording,
): Promise<Figures> {
  const senders = await startSenders({ ...recording, port, keys });
  const cpu = () => sum(pids.map(treeCpuSeconds));
  try {
    await delay(SETTLE_MS);
    const [began, before] = [performance.now(), cpu()];
    await delay(measureMs);
    const share = (cpu() - before) / ((performance.now() - began) / 1000);
    if (senders.open() !== keys.length) throw new Error('A publisher was thrown out.');
    return {
      cpuPercentPerPublisher: rounded((share * 100) / keys.length),
      cpuPercent: rounded(share * 100, 1),
      pssMb: rounded(sum(pids.map(treePssBytes)) / 1e6, 1),
    };
  } finally {
    senders.stop();
  }
}

async function measureOurs(options: {
  publishers: number;
  measureMs: number;
  recording: Recording;
  profileDir: string | undefined;
}): Promise<Figures> {
  const { publishers, measureMs, recording, profileDir } = options;
  const port = await freePort();
  const execArgv = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const child = fork(join(import.meta.dirname, 'support/ingest-process.ts'), { execArgv });
  const exited = once(child, 'exit');
  try {
    child.send({ rtmpPort: port, publishers });
    const [{ keys }] = (await once(child, 'message')) as [IngestReady];
    return await whileSending({ pids: [child.pid ?? 0], port, keys, measureMs }, recording);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function measurePeer(
  publishers: number,
  measureMs: number,
  recording: Recording,
): Promise<Figures> {
  const nginx = await startNginxRtmp({ hls: null });
  const keys = Array.from({ length: publishers }, (_, i) => `bench${i}`);
  try {
    const pids = nginx.workerPids();
    return await whileSending({ pids, port: nginx.rtmpPort, keys, measureMs }, recording);
  } finally {
    await nginx.stop();
  }
}

export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '20' },
      publishers: { type: 'string', default: '20' },
      profile: { type: 'string' },
    },
  });
  const measureMs = Number(values.seconds) * 1000;
  const publishers = Number(values.publishers);
  const shape = { width: 640, height: 360, fps: 30, seconds: 10, keyframeSeconds: 2 };
  const recording = await record({ ...shape, videoKbps: 870, audioKbps: 128 });
  say(`ingest: ${publishers} publishers of ${rounded(recording.flv.length / 1250, 0)} kbit/s`);
  const peer = await measurePeer(publishers, measureMs, recording);
  say(`ingest: nginx-rtmp ${peer['cpuPercentPerPublisher']} % of a core for each`);
  const ours = await measureOurs({ publishers, measureMs, recording, profileDir: values.profile });
  say(`ingest: ours ${ours['cpuPercentPerPublisher']} % of a core for each`);
  return {
    bench: 'ingest',
    ours,
    peer,
    ratio: rounded(Number(ours['cpuPercentPerPublisher']) / Number(peer['cpuPercentPerPublisher'])),
    goals: [],
    setting: { seconds: Number(values.seconds), publishers, videoKbps: 870, audioKbps: 128 },
  };
}
