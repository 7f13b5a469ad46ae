import { setTimeout as delay } from 'node:timers/promises';
import { rounded, say } from '../result.ts';
import { ChatLoad, type RunReport } from './chat-load.ts';
import type { WireName } from './chat-wire.ts';
import { cpuSeconds } from './process.ts';

/** Enough that nobody says more than 20 messages in 30 s. */
export const SPEAKERS = 400;
const SETTLE_MS = 2_000;

export interface Node {
  pid: number;
  port: number;
  wire: WireName;
  tokens: string[];
}

export interface Step extends RunReport {
  rate: number;
  cpuPerMillion: number;
}

export interface Setting {
  sockets: number;
  rates: number[];
  seconds: number;
}

/** One room of so many sockets, in which more and more is said. */
export async function measure(node: Node, { sockets, rates, seconds }: Setting): Promise<Step[]> {
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
