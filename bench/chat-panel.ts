import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { ChatLoad } from './support/chat-load.ts';
import { makePeople } from './support/chat-people.ts';
import { scriptPerFrame } from './support/frame-script.ts';
import { startProduct } from './support/product.ts';
import { quantile } from './support/statistics.ts';

export const describe =
  'the chat column in Chromium: script a frame at 100 messages a second, memory';

const CHANNEL = 'live';
const RATE = 100;
/** For the memory: as quick as people may write. */
const FLOOD_RATE = 250;
/** Each may say 20 in 30 s. */
const SPEAKERS = 400;
const WARM_UP_SECONDS = 5;
const MEGABYTE = 1024 * 1024;

interface Heap {
  mb: number;
  nodes: number;
}

async function settledHeap(devtools: CDPSession): Promise<Heap> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { mb: of('JSHeapUsedSize') / MEGABYTE, nodes: of('Nodes') };
}

async function openChat(page: Page, httpUrl: string): Promise<CDPSession> {
  await page.goto(`${httpUrl}/${CHANNEL}/chat`);
  await page.getByRole('log').waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  return devtools;
}

async function measure(
  load: ChatLoad,
  page: Page,
  httpUrl: string,
  order: Order,
): Promise<Figures> {
  const devtools = await openChat(page, httpUrl);
  await load.run({ rate: RATE, seconds: WARM_UP_SECONDS });
  const frames = await scriptPerFrame(devtools, async () => {
    await load.run({ rate: RATE, seconds: order.seconds });
  });
  say(`chat-panel: ${frames.length} frames with script in ${order.seconds} s`);
  const before = await settledHeap(devtools);
  const { deliveries } = await load.run({
    rate: FLOOD_RATE,
    seconds: Math.ceil(order.messages / FLOOD_RATE),
  });
  const after = await settledHeap(devtools);
  return {
    scriptP50Ms: rounded(quantile(frames, 0.5) ?? 0, 2),
    scriptP95Ms: rounded(quantile(frames, 0.95) ?? 0, 2),
    scriptMostMs: rounded(Math.max(...frames), 2),
    frames: frames.length,
    messagesOfFlood: Math.round(deliveries / SPEAKERS),
    heapBeforeMb: rounded(before.mb, 2),
    heapAfterMb: rounded(after.mb, 2),
    nodesBefore: before.nodes,
    nodesAfter: after.nodes,
  };
}

interface Order {
  seconds: number;
  messages: number;
}

export async function run(args: string[]): Promise<BenchResult> {
  const order = numbersFrom(args, { seconds: 20, messages: 50_000 });
  const product = await startProduct({ CHAT_MAX_PER_ADDRESS: '100000' });
  const load = new ChatLoad();
  const browser = await launchBrowser();
  try {
    const tokens = await makePeople(product.dataDir, SPEAKERS);
    const joining = { port: product.httpPort, wire: 'footlight', tokens } as const;
    await load.join({ ...joining, sockets: SPEAKERS, speakers: SPEAKERS });
    const page = await browser.newPage({ viewport: { width: 400, height: 900 } });
    const ours = await measure(load, page, product.httpUrl, order);
    const grownMb = Number(ours['heapAfterMb']) - Number(ours['heapBeforeMb']);
    return {
      bench: 'chat-panel',
      ours,
      peer: null,
      why: 'No other chat draws this page: the limit is the frame.',
      ratio: null,
      goals: [
        goal(
          'script a frame at 100 messages a second, p95 ms',
          Number(ours['scriptP95Ms']),
          'most',
          10,
        ),
        goal('heap grown by the flood, MB', rounded(grownMb, 2), 'most', 2),
      ],
      setting: { ...order, rate: RATE, floodRate: FLOOD_RATE },
    };
  } finally {
    await browser.close();
    await load.stop();
    await product.stop();
  }
}
