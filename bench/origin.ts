import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { type FetchReport, fetchAs } from './support/fetch-load.ts';
import { startNginxFiles } from './support/nginx-files.ts';
import { type PackagerOrigin, startPackagerOrigin } from './support/packager-origin.ts';
import { answerDelays } from './support/part-delays.ts';
import { cpuSeconds } from './support/process.ts';
import { quantile, sum } from './support/statistics.ts';
import { watchAs } from './support/viewer-load.ts';

export const describe = '2,000 viewers blocked on one part; segment throughput beside nginx';

const CONNECTIONS = 16;
const SEGMENTS = 6;
const late = (values: number[], share: number) => rounded(quantile(values, share) ?? Number.NaN, 1);

/** From a part's existence to its last answer, all viewers on one rendition. */
async function blocked(
  origin: PackagerOrigin,
  viewers: number,
  measureMs: number,
): Promise<Figures> {
  const report = await watchAs({
    host: '127.0.0.1',
    port: origin.port,
    playlistPaths: [origin.playlistPaths['source'] ?? ''],
    viewers,
    fetchesParts: false,
    joinMs: 3000,
    settleMs: 2000,
    measureMs,
  });
  const delays = answerDelays(report, await origin.report(), 'playlist');
  return {
    lastAnswerP50Ms: late(delays.lasts, 0.5),
    lastAnswerP99Ms: late(delays.lasts, 0.99),
    answerP50Ms: late(delays.medians, 0.5),
    parts: delays.lasts.length,
    answersPerPart: rounded(delays.count / delays.lasts.length, 1),
    refused: report.refused,
    lostConnections: report.lost,
  };
}

interface Throughput {
  mbPerSecond: number;
  mbPerCpuSecond: number;
}

async function throughput(
  pids: number[],
  at: { port: number; paths: string[]; seconds: number },
): Promise<Throughput> {
  const cpu = () => sum(pids.map(cpuSeconds));
  let before = 0;
  const order = { host: '127.0.0.1', connections: CONNECTIONS, ...at };
  const report: FetchReport = await fetchAs(order, () => {
    before = cpu();
  });
  const used = cpu() - before;
  if (report.refused > 0) throw new Error(`${report.refused} segments were not answered with 200.`);
  return {
    mbPerSecond: rounded(report.bytes / 1e6 / report.seconds, 1),
    mbPerCpuSecond: rounded(report.bytes / 1e6 / used, 1),
  };
}

/** Complete segments that are in the store, newest but one first: both sides serve these. */
async function storedSegments(origin: PackagerOrigin): Promise<{ root: string; paths: string[] }> {
  const playlist = origin.playlistPaths['source'] ?? '';
  const folder = dirname(playlist);
  const root = origin.dataDir;
  const names = await readdir(join(root, folder));
  const segments = names.filter((name) => /^seg-\d+\.m4s$/.test(name));
  const newest = segments.toSorted((a, b) => Number(/\d+/.exec(b)) - Number(/\d+/.exec(a)));
  return { root, paths: newest.slice(1, 1 + SEGMENTS).map((name) => `${folder}/${name}`) };
}

export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      viewers: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '20' },
      profile: { type: 'string' },
    },
  });
  const [viewers, seconds] = [Number(values.viewers), Number(values.seconds)];
  const nodeArgs = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [];
  const origin = await startPackagerOrigin({ seconds: 8, nodeArgs });
  try {
    say(`origin: ${viewers} viewers blocked on the next part`);
    const waits = await blocked(origin, viewers, seconds * 1000);
    say(`origin: last answer p99 ${waits['lastAnswerP99Ms']} ms after the part`);
    await delay(Math.max(0, (SEGMENTS + 3) * 2000 - seconds * 1000));
    const { root, paths } = await storedSegments(origin);
    const at = { paths, seconds: Math.min(10, seconds) };
    const ours = await throughput([origin.pid], { ...at, port: origin.port });
    say(`origin: ours ${ours.mbPerSecond} MB/s of segments`);
    const nginx = await startNginxFiles(root);
    try {
      const peer = await throughput(nginx.workerPids(), { ...at, port: nginx.port });
      say(`origin: nginx ${peer.mbPerSecond} MB/s of the same segments`);
      return result({ waits, ours, peer, viewers, seconds });
    } finally {
      await nginx.stop();
    }
  } finally {
    await origin.stop();
  }
}

function result(measured: {
  waits: Figures;
  ours: Throughput;
  peer: Throughput;
  viewers: number;
  seconds: number;
}): BenchResult {
  const { waits, ours, peer, viewers, seconds } = measured;
  const ratio = rounded(ours.mbPerSecond / peer.mbPerSecond);
  return {
    bench: 'origin',
    ours: { ...waits, ...ours },
    peer: { ...peer },
    ratio,
    goals: [
      goal('p99 ms to the last answer', Number(waits['lastAnswerP99Ms']), 'most', 100),
      goal('segment throughput over nginx', ratio, 'least', 0.5),
    ],
    setting: { viewers, seconds, segmentConnections: CONNECTIONS },
  };
}
