import { parseArgs } from 'node:util';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { startNginxEdge } from './support/nginx-edge.ts';
import {
  type OriginReport,
  type PackagerOrigin,
  startPackagerOrigin,
} from './support/packager-origin.ts';
import { answerDelays } from './support/part-delays.ts';
import { cpuSeconds } from './support/process.ts';
import { quantile, sum } from './support/statistics.ts';
import { type ViewersReport, watchAs } from './support/viewer-load.ts';

export const describe = '500 viewers through the nginx edge: origin requests a part, added latency';

const SETTLE_MS = 3000;

interface Load {
  viewers: number;
  measureMs: number;
}

interface Phase {
  load: ViewersReport;
  origin: OriginReport;
  figures: Figures;
}

/** The same viewers at one port, and how late each answer was. */
async function phase(
  at: PackagerOrigin,
  port: number,
  { viewers, measureMs }: Load,
): Promise<Phase> {
  const load = await watchAs({
    host: '127.0.0.1',
    port,
    playlistPaths: Object.values(at.playlistPaths),
    viewers,
    fetchesParts: true,
    joinMs: 2000,
    settleMs: SETTLE_MS,
    measureMs,
  });
  const origin = await at.report();
  const playlist = answerDelays(load, origin, 'playlist');
  const part = answerDelays(load, origin, 'part');
  const late = (values: number[], share: number) =>
    rounded(quantile(values, share) ?? Number.NaN, 1);
  return {
    load,
    origin,
    figures: {
      playlistP50Ms: late(playlist.medians, 0.5),
      playlistLastP50Ms: late(playlist.lasts, 0.5),
      playlistLastP99Ms: late(playlist.lasts, 0.99),
      partP50Ms: late(part.medians, 0.5),
      partLastP50Ms: late(part.lasts, 0.5),
      answers: load.answers,
      refused: load.refused,
      lostConnections: load.lost,
    },
  };
}

/** Requests that reached the origin for each URL that viewers were waiting for. */
function originRequests(before: OriginReport, after: OriginReport) {
  const isPart = (url: string) => !url.includes('.m3u8') && !url.includes('init');
  const isBlocked = (url: string) => url.includes('_HLS_msn');
  const counts = Object.entries(after.requests)
    .map(([url, count]) => ({ url, count: count - (before.requests[url] ?? 0) }))
    .filter(({ count }) => count > 0);
  const mean = (wanted: (url: string) => boolean) => {
    const chosen = counts.filter(({ url }) => wanted(url)).map(({ count }) => count);
    return chosen.length === 0 ? Number.NaN : rounded(sum(chosen) / chosen.length);
  };
  return { requestsPerPart: mean(isPart), requestsPerPlaylist: mean(isBlocked) };
}

export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      viewers: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '20' },
    },
  });
  const load = { viewers: Number(values.viewers), measureMs: Number(values.seconds) * 1000 };
  const origin = await startPackagerOrigin();
  try {
    say(`edge: ${load.viewers} viewers at the origin itself`);
    const direct = await phase(origin, origin.port, load);
    const edge = await startNginxEdge(origin.port);
    try {
      say(`edge: ${load.viewers} viewers through the edge`);
      const cpu = () => sum(edge.workerPids().map(cpuSeconds));
      const began = cpu();
      const through = await phase(origin, edge.httpPort, load);
      const edgeCpu = (cpu() - began) / ((2000 + SETTLE_MS + load.measureMs) / 1000);
      return result(load, direct, through, edgeCpu);
    } finally {
      await edge.stop();
    }
  } finally {
    await origin.stop();
  }
}

function result(load: Load, direct: Phase, through: Phase, edgeCpu: number): BenchResult {
  const requests = originRequests(direct.origin, through.origin);
  const added = (name: string) =>
    rounded(Number(through.figures[name]) - Number(direct.figures[name]), 1);
  const most = Math.max(requests.requestsPerPart, requests.requestsPerPlaylist);
  const addedMs = Math.max(added('playlistP50Ms'), added('partP50Ms'));
  return {
    bench: 'edge',
    ours: {
      ...requests,
      addedPlaylistP50Ms: added('playlistP50Ms'),
      addedPartP50Ms: added('partP50Ms'),
      addedPlaylistLastP50Ms: added('playlistLastP50Ms'),
      edgeCpuPercent: rounded(edgeCpu * 100, 1),
      ...through.figures,
    },
    peer: direct.figures,
    ratio: rounded(
      Number(through.figures['playlistP50Ms']) / Number(direct.figures['playlistP50Ms']),
    ),
    goals: [
      goal('origin requests for each part and playlist', most, 'most', 1.05),
      goal('milliseconds that the edge adds (median)', addedMs, 'most', 20),
    ],
    setting: { viewers: load.viewers, seconds: load.measureMs / 1000 },
  };
}
