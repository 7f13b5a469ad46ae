import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { ChatLoad } from './support/chat-load.ts';
import { makePeople } from './support/chat-people.ts';
import type { WireName } from './support/chat-wire.ts';
import { cpuSeconds, pssBytes } from './support/process.ts';
import { startProduct } from './support/product.ts';
import { startSocketIo } from './support/socket-io.ts';

export const describe = 'memory and CPU of 19,000 chat sockets that say nothing, beside socket.io';

/** Of those who are here, so many are signed in: presence keeps their names. */
const SIGNED_IN = 500;
/** Until garbage of the joining is gone. */
const SETTLE_MS = 12_000;

interface Node {
  pid: number;
  port: number;
  wire: WireName;
  tokens: string[];
}

async function measure(node: Node, order: { sockets: number; seconds: number }): Promise<Figures> {
  const { sockets, seconds } = order;
  const load = new ChatLoad();
  try {
    // What a process needs with the first socket is not a socket's.
    await load.join({ ...node, tokens: [], sockets: 100, speakers: 0 });
    await delay(SETTLE_MS / 4);
    const before = await settledBytes(node.pid);
    await load.join({ ...node, sockets: sockets - 100, speakers: 0 });
    say(`chat-idle: ${node.wire}, ${sockets} sockets are in`);
    await delay(SETTLE_MS);
    const cpu = cpuSeconds(node.pid);
    await delay(seconds * 1_000);
    const cpuPercent = ((cpuSeconds(node.pid) - cpu) / seconds) * 100;
    const { closed } = await load.look();
    const bytes = ((await settledBytes(node.pid)) - before) / (sockets - 100 - closed);
    const figures = {
      kbEach: rounded(bytes / 1024, 2),
      cpuPercent: rounded(cpuPercent, 1),
      closed,
    };
    say(`chat-idle: ${node.wire}: ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    await load.stop();
  }
}

/** Without garbage, which is not what a socket needs. */
async function settledBytes(pid: number): Promise<number> {
  for (let round = 0; round < 2; round++) {
    process.kill(pid, 'SIGUSR2');
    await delay(1_000);
  }
  return pssBytes(pid);
}

async function ours(order: { sockets: number; seconds: number }): Promise<Figures> {
  const product = await startProduct({ CHAT_MAX_PER_ADDRESS: '100000' }, NODE_ARGUMENTS);
  try {
    const tokens = await makePeople(product.dataDir, SIGNED_IN);
    const node: Node = { pid: product.pid, port: product.httpPort, wire: 'footlight', tokens };
    return await measure(node, order);
  } finally {
    await product.stop();
  }
}

async function peers(order: { sockets: number; seconds: number }): Promise<Figures> {
  const peer = await startSocketIo(COLLECTING);
  try {
    return await measure({ pid: peer.pid, port: peer.port, wire: 'socket.io', tokens: [] }, order);
  } finally {
    await peer.stop();
  }
}

/** As `npm start` runs the server, and with a signal that collects garbage. */
const COLLECTING = [
  '--expose-gc',
  '--import',
  join(import.meta.dirname, 'support/collect-on-signal.ts'),
];
const NODE_ARGUMENTS = [...COLLECTING, '--max-semi-space-size=4'];

export async function run(args: string[]): Promise<BenchResult> {
  const order = numbersFrom(args, { sockets: 19_000, seconds: 15 });
  const own = await ours(order);
  const peer = await peers(order);
  const kb = Number(own['kbEach']);
  return {
    bench: 'chat-idle',
    ours: own,
    peer,
    ratio: rounded(kb / Number(peer['kbEach'])),
    goals: [
      goal('kB a socket', kb, 'most', 9),
      goal('sockets lost', Number(own['closed']), 'most', 0),
    ],
    setting: { ...order, signedIn: SIGNED_IN },
  };
}
