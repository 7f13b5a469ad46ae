import { setTimeout as delay } from 'node:timers/promises';
import { type BenchResult, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { startChatNodes } from './support/chat-installation.ts';
import { ChatLoad, type RunReport } from './support/chat-load.ts';
import { cpuSeconds } from './support/process.ts';

export const describe = 'two chat nodes on one Redis: what the hop adds, and deliveries of both';

/** Enough that nobody says more than 20 messages in 30 s. */
const SPEAKERS = 400;
/** Under five messages a second a room waits for nothing, so what is measured is the way alone. */
const QUIET_RATE = 4;
const QUIET_SPEAKERS = 20;
const SETTLE_MS = 2_000;
/** Rounds of each way by turns: the machine is not the same from one second to the next. */
const ROUNDS = 2;

interface Place {
  port: number;
  sockets: number;
  speakers: number;
}

async function withLoad(
  tokens: string[],
  places: Place[],
  order: { rate: number; seconds: number },
): Promise<RunReport> {
  const load = new ChatLoad();
  try {
    for (const [index, place] of places.entries()) {
      const own = place.speakers === 0 ? [] : tokens.slice(index * place.speakers);
      await load.join({ wire: 'footlight', tokens: own.slice(0, place.speakers), ...place });
    }
    await delay(SETTLE_MS);
    return await load.run(order);
  } finally {
    await load.stop();
    await delay(SETTLE_MS);
  }
}

/** Median delay in a quiet room: speakers at the first node, listeners at `listenAt`. */
async function quietMs(
  site: { first: number; listenAt: number; tokens: string[] },
  { listeners, seconds }: { listeners: number; seconds: number },
): Promise<number> {
  const report = await withLoad(
    site.tokens,
    [
      { port: site.first, sockets: QUIET_SPEAKERS, speakers: QUIET_SPEAKERS },
      { port: site.listenAt, sockets: listeners, speakers: 0 },
    ],
    { rate: QUIET_RATE, seconds },
  );
  return report.p50Ms;
}

const mean = (values: number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

export async function run(args: string[]): Promise<BenchResult> {
  const setting = numbersFrom(args, { sockets: 10_000, listeners: 500, rate: 20, seconds: 8 });
  const { nodes, tokens, stop } = await startChatNodes({ nodes: 2, people: SPEAKERS });
  try {
    const [first, second] = nodes.map((node) => node.httpPort);
    if (first === undefined || second === undefined) throw new Error('There are two nodes.');
    const sameNode: number[] = [];
    const otherNode: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      sameNode.push(await quietMs({ first, listenAt: first, tokens }, setting));
      otherNode.push(await quietMs({ first, listenAt: second, tokens }, setting));
      say(
        `chat-nodes: p50 at the speaker's node ${rounded(sameNode.at(-1) ?? 0, 1)} ms, at the other ${rounded(otherNode.at(-1) ?? 0, 1)} ms`,
      );
    }
    const busyOf = async (places: Place[]) => {
      const before = nodes.map(({ pid }) => cpuSeconds(pid));
      const report = await withLoad(tokens, places, setting);
      const cpu = nodes.reduce((sum, { pid }, at) => sum + cpuSeconds(pid) - (before[at] ?? 0), 0);
      say(`chat-nodes: ${places.length} nodes: ${JSON.stringify({ ...report, cpu })}`);
      return { report, cpuPerMillion: rounded((cpu / report.deliveries) * 1e6, 2) };
    };
    const { sockets } = setting;
    const one = await busyOf([{ port: first, sockets, speakers: SPEAKERS }]);
    const half = { sockets: sockets / 2, speakers: SPEAKERS / 2 };
    const both = await busyOf([
      { port: first, ...half },
      { port: second, ...half },
    ]);
    const added = rounded(mean(otherNode) - mean(sameNode), 1);
    const figuresOf = ({ report, cpuPerMillion }: typeof one, quietP50Ms: number) => ({
      quietP50Ms: rounded(quietP50Ms, 1),
      deliveriesPerSecond: report.deliveriesPerSecond,
      p50Ms: rounded(report.p50Ms, 1),
      p99Ms: rounded(report.p99Ms, 1),
      cpuSecondsPerMillion: cpuPerMillion,
      notDelivered: report.wanted - report.deliveries,
      lost: report.lost,
      repeated: report.repeated,
    });
    return {
      bench: 'chat-nodes',
      ours: { addedP50Ms: added, ...figuresOf(both, mean(otherNode)) },
      peer: { ...figuresOf(one, mean(sameNode)), is: 'one node of ours, same load' },
      ratio: rounded(both.report.deliveriesPerSecond / one.report.deliveriesPerSecond),
      goals: [
        goal('ms that the hop adds, p50', added, 'most', 3),
        goal('lost or repeated', both.report.lost + both.report.repeated, 'most', 0),
      ],
      setting: { ...setting, quietRate: QUIET_RATE, speakers: SPEAKERS },
    };
  } finally {
    await stop();
  }
}
