import { join } from 'node:path';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { makePeople } from './support/chat-people.ts';
import { measureReturn, type ReturnReport } from './support/chat-return.ts';
import { freePort } from './support/free-port.ts';
import { launch, untilListening } from './support/process.ts';
import { startProduct } from './support/product.ts';

export const describe =
  '10,000 chat clients dropped at once: until all are back with their gap, beside socket.io';

/** Enough that nobody says more than 20 messages in 30 s. */
const SPEAKERS = 40;

type Order = { sockets: number; rate: number };

async function ours(order: Order): Promise<ReturnReport> {
  const product = await startProduct({ CHAT_MAX_PER_ADDRESS: '100000' });
  try {
    const tokens = await makePeople(product.dataDir, SPEAKERS);
    return await measureReturn({ ...order, wire: 'footlight', port: product.httpPort, tokens });
  } finally {
    await product.stop();
  }
}

async function peers(order: Order): Promise<ReturnReport> {
  const port = await freePort();
  const script = join(import.meta.dirname, 'support/socket-io-recovery-process.ts');
  const peer = await launch(process.execPath, [script, String(port)]);
  try {
    await untilListening(port);
    const tokens = Array.from({ length: SPEAKERS }, () => '');
    return await measureReturn({ ...order, wire: 'socket.io', port, tokens });
  } finally {
    await peer.stop();
  }
}

const whole = (ms: number | null): number | null => (ms === null ? null : rounded(ms, 0));
const figuresOf = (report: ReturnReport): Figures => ({
  ...report,
  allBackMs: whole(report.allBackMs),
  medianBackMs: whole(report.medianBackMs),
});

export async function run(args: string[]): Promise<BenchResult> {
  const order = numbersFrom(args, { sockets: 10_000, rate: 10 });
  const own = await ours(order);
  say(`chat-reconnect: footlight: ${JSON.stringify(own)}`);
  const peer = await peers(order);
  say(`chat-reconnect: socket.io: ${JSON.stringify(peer)}`);
  return {
    bench: 'chat-reconnect',
    ours: figuresOf(own),
    peer: figuresOf(peer),
    ratio:
      own.allBackMs === null || peer.allBackMs === null
        ? null
        : rounded(own.allBackMs / peer.allBackMs),
    goals: [
      goal('ms until all are back with their gap filled', whole(own.allBackMs), 'most', 5_000),
      goal('messages lost', own.lost, 'most', 0),
      goal('messages repeated', own.repeated, 'most', 0),
      goal('clients that began afresh', own.notResumed, 'most', 0),
    ],
    setting: { ...order, speakers: SPEAKERS },
  };
}
