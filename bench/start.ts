import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchResult, goal, rounded, say } from './result.ts';
import { freePort } from './support/free-port.ts';
import { type Launched, launch, processTree, treePssBytes } from './support/process.ts';
import { median } from './support/statistics.ts';

export const describe = 'npm start on a set-up machine to ready, and memory when idle';

const ROOT = join(import.meta.dirname, '..');
const READY_WITHIN_MS = 60_000;
const POLL_MS = 10;

async function untilReady(url: string, server: Launched): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && server.child.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 200) return;
    await delay(POLL_MS);
  }
  throw new Error(`npm start did not become ready: ${server.errors()}`);
}

interface OneStart {
  readyMs: number;
  pssMb: number;
  processes: number;
}

async function startOnce(idleMs: number): Promise<OneStart> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footlight-start-'));
  const [http, rtmp, rtc] = [await freePort(), await freePort(), await freePort()];
  const env = {
    ...process.env,
    HOST: '127.0.0.1',
    HTTP_PORT: String(http),
    RTMP_PORT: String(rtmp),
    RTC_PORT: String(rtc),
    DATA_DIR: dataDir,
  };
  const began = performance.now();
  const server = await launch('npm', ['start'], { cwd: ROOT, env });
  try {
    await untilReady(`http://127.0.0.1:${http}/readyz`, server);
    const readyMs = performance.now() - began;
    await delay(idleMs);
    const pssMb = treePssBytes(server.pid) / 1e6;
    return { readyMs, pssMb, processes: processTree(server.pid).length };
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { runs: { type: 'string', default: '3' }, idle: { type: 'string', default: '10' } },
  });
  const idleMs = Number(values.idle) * 1000;
  say('start: one start first, so that nothing is left to install');
  await startOnce(0);
  const starts: OneStart[] = [];
  for (let i = 0; i < Number(values.runs); i += 1) {
    const one = await startOnce(idleMs);
    starts.push(one);
    say(`start: ready after ${rounded(one.readyMs, 0)} ms, ${rounded(one.pssMb, 1)} MB idle`);
  }
  const readySeconds = (median(starts.map(({ readyMs }) => readyMs)) ?? 0) / 1000;
  const pssMb = Math.max(...starts.map((one) => one.pssMb));
  return {
    bench: 'start',
    ours: {
      readySeconds: rounded(readySeconds),
      idlePssMb: rounded(pssMb, 1),
      processes: starts[0]?.processes ?? 0,
    },
    peer: null,
    why: 'No peer starts the same services under one command.',
    ratio: null,
    goals: [
      goal('seconds from npm start to ready', rounded(readySeconds), 'most', 2),
      goal('megabytes (PSS) of the idle process tree', rounded(pssMb, 1), 'most', 150),
    ],
    setting: { runs: starts.length, idleSeconds: idleMs / 1000, node: process.version },
  };
}
