import { delimiter } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchResult, goal, rounded, say } from './result.ts';
import { launch, processTree, pssBytes } from './support/process.ts';
import { productEnvironment, ROOT, untilReady } from './support/product.ts';
import { median, sum } from './support/statistics.ts';

export const describe = 'npm start on a set-up machine to ready, and memory when idle';

/** The user's own PATH: without the Node that the bench itself was given. */
function userPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}

interface OneStart {
  readyMs: number;
  pssMb: number;
  /** Each process of the tree, in the order in which they were started. */
  eachMb: number[];
}

async function startOnce(idleMs: number): Promise<OneStart> {
  const product = await productEnvironment();
  const began = performance.now();
  const server = await launch('npm', ['start'], {
    cwd: ROOT,
    env: { ...product.env, PATH: userPath() },
  });
  try {
    await untilReady(product.httpUrl, server);
    const readyMs = performance.now() - began;
    await delay(idleMs);
    const tree = processTree(server.pid).sort((a, b) => a - b);
    const eachMb = tree.map((pid) => rounded(pssBytes(pid) / 1e6, 1));
    return { readyMs, pssMb: sum(eachMb), eachMb };
  } finally {
    await server.stop();
    await product.remove();
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
    say(
      `start: ready after ${rounded(one.readyMs, 0)} ms, ${rounded(one.pssMb, 1)} MB idle (${one.eachMb.join(' + ')})`,
    );
  }
  const readySeconds = (median(starts.map(({ readyMs }) => readyMs)) ?? 0) / 1000;
  const pssMb = Math.max(...starts.map((one) => one.pssMb));
  return {
    bench: 'start',
    ours: {
      readySeconds: rounded(readySeconds),
      idlePssMb: rounded(pssMb, 1),
      processes: starts[0]?.eachMb.length ?? 0,
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
