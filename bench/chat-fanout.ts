import { parseArgs } from 'node:util';
import { type BenchResult, type Figures, goal, rounded } from './result.ts';
import { startBareFanout } from './support/bare-fanout.ts';
import { makePeople } from './support/chat-people.ts';
import { measure, type Node, type Setting, SPEAKERS, type Step } from './support/chat-steps.ts';
import { countLongFlushes } from './support/long-flushes.ts';
import { startProduct } from './support/product.ts';
import { startSocketIo } from './support/socket-io.ts';

export const describe =
  '10,000 chat sockets in one room, message rate stepped up; beside socket.io';

/** No more can be delivered than is sent: the clock of either end may stand a little apart. */
const AS_OFFERED = 0.99;
const QUIET = { sockets: 1_000, rate: 4 };

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

/** The quiet room again, with a server that writes and does nothing else: what the kernel takes. */
async function floor(seconds: number): Promise<Step | null> {
  const bare = await startBareFanout();
  try {
    const node: Node = { pid: bare.pid, port: bare.port, wire: 'footlight', tokens: [] };
    const [step] = await measure(node, { ...QUIET, rates: [QUIET.rate], seconds });
    return step ?? null;
  } finally {
    await bare.stop();
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
  const quietFloor = await floor(base.seconds);
  const peerRates = ratesOf(values['peer-rates']);
  const peerSteps = peerRates.length === 0 ? [] : await peers({ ...base, rates: peerRates });
  return result({ steps, quiet, quietFloor, longFlushes, peerSteps, setting: base });
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

const quietFigures = (name: string, step: Step | null): Figures => ({
  [`${name}P50Ms`]: step === null ? null : rounded(step.p50Ms, 1),
  [`${name}CpuUsAWrite`]: step?.cpuPerMillion ?? null,
});

function result(measured: {
  steps: Step[];
  quiet: Step | null;
  quietFloor: Step | null;
  longFlushes: number | null;
  peerSteps: Step[];
  setting: { sockets: number; seconds: number };
}): BenchResult {
  const { steps, quiet, quietFloor, longFlushes, peerSteps, setting } = measured;
  const at = (rate: number) => steps.find((step) => step.rate === rate);
  const [half, full] = [at(50), at(100)];
  const carried = peerSteps.filter((step) => step.deliveries === step.wanted);
  const best = (carried.length > 0 ? carried : peerSteps).map((step) => step.cpuPerMillion);
  const peerBest = best.length > 0 ? Math.min(...best) : null;
  const ratio = half && peerBest !== null ? rounded(half.cpuPerMillion / peerBest) : null;
  const lost = full === undefined ? null : full.wanted - full.deliveries + full.lost;
  return {
    bench: 'chat-fanout',
    ours: {
      ...figuresOf(steps),
      ...quietFigures('quiet', quiet),
      ...quietFigures('quietFloor', quietFloor),
    },
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
