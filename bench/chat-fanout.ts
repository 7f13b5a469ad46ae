import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { ChatLoad, type RunReport } from './support/chat-load.ts';
import { makePeople } from './support/chat-people.ts';
import type { WireName } from './support/chat-wire.ts';
import { countLongFlushes } from './support/long-flushes.ts';
import { cpuSeconds } from './support/process.ts';
import { startProduct } from './support/product.ts';
import { startSocketIo } from './support/socket-io.ts';

export const describe =
  '10,000 chat sockets in one room, message rate stepped up; beside socket.io';

/** Enough that nobody says more than 20 messages in 30 s. */
const SPEAKERS = 400;
const SETTLE_MS = 2_000;
/** No more can be delivered than is sent: the clock of either end may stand a little apart. */
const AS_OFFERED = 0.99;
const QUIET = { sockets: 1_000, rate: 4 };

interface Node {
  pid: number;
  port: number;
  wire: WireName;
  tokens: string[];
}

interface Step extends RunReport {
  rate: number;
  cpuPerMillion: number;
}

interface Setting {
  sockets: number;
  rates: number[];
  seconds: number;
}

async function measure(node: Node, { sockets, rates, seconds }: Setting): Promise<Step[]> {
  const load = new ChatLoad();
  const steps: Step[] = [];
  try {
    await load.join({ ...node, sockets, speakers: Math.min(SPEAKERS, sockets) });
    say(`chat-fanout: ${node.wire}, ${sockets} sockets are in`);
    for (const rate of rates) {
      await delay(SETTLE_MS);
      const before = cpuSeconds(node.pid);
      const report = await load.run({ rate, seconds });
      const cpu = cpuSeconds(node.pid) - before;
      const step = {
        ...report,
        rate,
        cpuPerMillion: rounded((cpu / report.deliveries) * 1e6, 2),
      };
      steps.push(step);
      tell(node.wire, step);
      // It has collapsed: the next steps would only wait.
      if (report.deliveries < report.wanted * 0.7) break;
    }
    return steps;
  } finally {
    await load.stop();
  }
}

function tell(wire: WireName, step: Step): void {
  const { rate, deliveriesPerSecond, p50Ms, p99Ms, cpuPerMillion, wanted, deliveries } = step;
  say(
    `chat-fanout: ${wire} at ${rate}/s: ${deliveriesPerSecond} deliveries/s, p50 ${rounded(p50Ms, 1)} ms, p99 ${rounded(p99Ms, 1)} ms, ${cpuPerMillion} CPU s per million, ${wanted - deliveries} not delivered, ${step.lost} gaps, ${step.repeated} repeated, ${step.closed} closed ${JSON.stringify(step.closeCodes)}, refused ${JSON.stringify(step.refused)}, load used ${rounded(step.clientCpuSeconds / step.tookSeconds, 2)} of a core`,
  );
}

interface Ours {
  steps: Step[];
  quiet: Step | null;
  longFlushes: number | null;
}

async function ours(setting: Setting, nodeArgs: string[]): Promise<Ours> {
  const product = await startProduct({ CHAT_MAX_PER_ADDRESS: '100000' }, nodeArgs);
  try {
    const tokens = await makePeople(product.dataDir, SPEAKERS);
    const node: Node = { pid: product.pid, port: product.httpPort, wire: 'footlight', tokens };
    const [quiet] = await measure(node, {
      ...QUIET,
      rates: [QUIET.rate],
      seconds: setting.seconds,
    });
    const steps = await measure(node, setting);
    return { steps, quiet: quiet ?? null, longFlushes: await countLongFlushes(product.httpUrl) };
  } finally {
    await product.stop();
  }
}

async function peers(setting: Setting): Promise<Step[]> {
  const peer = await startSocketIo();
  try {
    const node: Node = { pid: peer.pid, port: peer.port, wire: 'socket.io', tokens: [] };
    return await measure(node, setting);
  } finally {
    await peer.stop();
  }
}

export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      sockets: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '30' },
      rates: { type: 'string', default: '5,10,20,50,100' },
      'peer-rates': { type: 'string', default: '5,10,20,50,100' },
      profile: { type: 'string' },
    },
  });
  const base = { sockets: Number(values.sockets), seconds: Number(values.seconds) };
  const ratesOf = (text: string) => text.split(',').filter(Boolean).map(Number);
  const nodeArgs = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [];
  const { steps, quiet, longFlushes } = await ours(
    { ...base, rates: ratesOf(values.rates) },
    nodeArgs,
  );
  const peerRates = ratesOf(values['peer-rates']);
  const peerSteps = peerRates.length === 0 ? [] : await peers({ ...base, rates: peerRates });
  return result({ steps, quiet, longFlushes, peerSteps, setting: base });
}

function figuresOf(steps: Step[]): Figures {
  return Object.fromEntries(
    steps.flatMap((step) => [
      [`deliveriesPerSecondAt${step.rate}`, step.deliveriesPerSecond],
      [`p50MsAt${step.rate}`, rounded(step.p50Ms, 1)],
      [`p99MsAt${step.rate}`, rounded(step.p99Ms, 1)],
      [`cpuSecondsPerMillionAt${step.rate}`, step.cpuPerMillion],
      [`notDeliveredAt${step.rate}`, step.wanted - step.deliveries],
    ]),
  );
}

function result(measured: {
  steps: Step[];
  quiet: Step | null;
  longFlushes: number | null;
  peerSteps: Step[];
  setting: { sockets: number; seconds: number };
}): BenchResult {
  const { steps, quiet, longFlushes, peerSteps, setting } = measured;
  const at = (rate: number) => steps.find((step) => step.rate === rate);
  const [half, full] = [at(50), at(100)];
  const carried = peerSteps.filter((step) => step.deliveries === step.wanted);
  const best = (carried.length > 0 ? carried : peerSteps).map((step) => step.cpuPerMillion);
  const peerBest = best.length > 0 ? Math.min(...best) : null;
  const ratio = half && peerBest !== null ? rounded(half.cpuPerMillion / peerBest) : null;
  const lost = full === undefined ? null : full.wanted - full.deliveries + full.lost;
  return {
    bench: 'chat-fanout',
    ours: { ...figuresOf(steps), quietP50Ms: quiet === null ? null : rounded(quiet.p50Ms, 1) },
    peer: peerSteps.length > 0 ? figuresOf(peerSteps) : null,
    ...(peerSteps.length === 0 && { why: 'not asked for' }),
    ratio,
    goals: [
      goal(
        'deliveries/s at 50 messages/s',
        half?.deliveriesPerSecond ?? null,
        'least',
        500_000 * AS_OFFERED,
      ),
      goal('p99 ms at 50 messages/s', half ? rounded(half.p99Ms, 1) : null, 'most', 250),
      goal(
        'deliveries/s at 100 messages/s',
        full?.deliveriesPerSecond ?? null,
        'least',
        1_000_000 * AS_OFFERED,
      ),
      goal('deliveries lost at 100 messages/s', lost, 'most', 0),
      goal('CPU per delivery at 50/s over the best of the peer', ratio, 'most', 0.125),
      goal('runs of writes longer than 20 ms', longFlushes, 'most', 0),
      goal('p50 ms in a quiet room of 1,000', quiet ? rounded(quiet.p50Ms, 1) : null, 'most', 5),
    ],
    setting: { ...setting, speakers: SPEAKERS },
  };
}
