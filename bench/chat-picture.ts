import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser } from '../test/support/browser.ts';
import { type BenchResult, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { ChatLoad, type RunReport } from './support/chat-load.ts';
import { makePeople } from './support/chat-people.ts';
import { startClockEncoder } from './support/clock-encoder.ts';
import { countLongFlushes } from './support/long-flushes.ts';
import { type OurSite, startOurSite } from './support/our-site.ts';
import { cpuSeconds } from './support/process.ts';
import { figuresOf } from './support/watching.ts';
import { openWatching, type Watching } from './support/watching-page.ts';

export const describe =
  'what 2,000 chatters cost the picture: glass to glass without and with them, one process';

/** Enough that nobody says more than 20 messages in 30 s. */
const SPEAKERS = 200;
const SETTLE_MS = 12_000;
const CHAT_SETTLE_MS = 3_000;

interface Setting {
  page: 'watch' | 'embed';
  chatters: number;
  rate: number;
  seconds: number;
}

interface Stretch {
  p50Ms: number | null;
  p95Ms: number | null;
  stalls: number;
  frames: number;
  /** Of one core, taken by the server. */
  serverCpu: number;
  longFlushes: number | null;
}

interface Site extends OurSite {
  httpUrl: string;
}

async function watchFor(site: Site, watching: Watching, seconds: number): Promise<Stretch> {
  const before = { cpu: cpuSeconds(site.pid), long: await countLongFlushes(site.httpUrl) };
  const { sights } = await watching.watch(seconds);
  if (sights.length === 0) throw new Error('The clock in the picture could not be read.');
  const long = await countLongFlushes(site.httpUrl);
  const { p50Ms, p95Ms, stalls, frames } = figuresOf(sights, [], Date.now());
  return {
    ...{ p50Ms, p95Ms, stalls, frames },
    serverCpu: rounded((cpuSeconds(site.pid) - before.cpu) / seconds, 2),
    longFlushes: long === null || before.long === null ? null : long - before.long,
  };
}

interface Measured {
  without: Stretch;
  beside: Stretch;
  after: Stretch;
  chat: RunReport;
}

/** The same page plays on through all of it: nothing differs but the chat. */
async function measure(site: Site, watching: Watching, setting: Setting): Promise<Measured> {
  const { chatters, rate, seconds } = setting;
  const tokens = await makePeople(site.dataDir, SPEAKERS);
  const load = new ChatLoad();
  try {
    await delay(SETTLE_MS);
    say(`chat-picture: ${seconds} s without chat`);
    const without = await watchFor(site, watching, seconds);
    const { httpPort: port, channel } = site;
    const people = { tokens, sockets: chatters, speakers: Math.min(SPEAKERS, chatters) };
    await load.join({ wire: 'footlight', port, channel, ...people });
    await delay(CHAT_SETTLE_MS);
    say(`chat-picture: ${seconds} s with ${chatters} chatters`);
    const [beside, chat] = await Promise.all([
      watchFor(site, watching, seconds),
      load.run({ rate, seconds }),
    ]);
    await load.stop();
    await delay(CHAT_SETTLE_MS);
    say(`chat-picture: ${seconds} s without chat again`);
    return { without, beside, after: await watchFor(site, watching, seconds), chat };
  } finally {
    await load.stop();
  }
}

async function measureSite(site: Site, setting: Setting): Promise<Measured> {
  const browser = await launchBrowser();
  const encoder = startClockEncoder({ url: site.publishUrl, style: 'zero' });
  try {
    await delay(3_000);
    const { httpUrl, channel, watchUrl } = site;
    const url = setting.page === 'embed' ? `${httpUrl}/embed/${channel}` : watchUrl;
    const watching = await openWatching(browser, url, { sound: false });
    return await measure(site, watching, setting);
  } finally {
    await encoder.stop();
    await browser.close();
  }
}

/** The embed is a player alone: what the browser takes to draw a chat is not the server's. */
function readArguments(args: string[]): Setting {
  const withChat = args.includes('--watch-page');
  const numbers = args.filter((arg) => arg !== '--watch-page');
  const page = withChat ? 'watch' : 'embed';
  return { page, ...numbersFrom(numbers, { chatters: 2_000, rate: 20, seconds: 60 }) };
}

export async function run(args: string[]): Promise<BenchResult> {
  const setting = readArguments(args);
  const site = await startOurSite('source', { CHAT_MAX_PER_ADDRESS: '100000' });
  try {
    const httpUrl = new URL(site.watchUrl).origin;
    return result(await measureSite({ ...site, httpUrl }, setting), setting);
  } finally {
    await site.stop();
  }
}

function result({ without, beside, after, chat }: Measured, setting: Setting): BenchResult {
  const rise = rounded((beside.p95Ms ?? Number.NaN) - (without.p95Ms ?? Number.NaN), 0);
  const riseMs = Number.isNaN(rise) ? null : rise;
  return {
    bench: 'chat-picture',
    ours: {
      withoutP50Ms: without.p50Ms,
      withoutP95Ms: without.p95Ms,
      besideP50Ms: beside.p50Ms,
      besideP95Ms: beside.p95Ms,
      afterP50Ms: after.p50Ms,
      afterP95Ms: after.p95Ms,
      riseMs,
      ...{ withoutStalls: without.stalls, besideStalls: beside.stalls },
      ...{ withoutFrames: without.frames, besideFrames: beside.frames },
      ...{ withoutServerCpu: without.serverCpu, besideServerCpu: beside.serverCpu },
      flushesOver20Ms: beside.longFlushes,
      chatDeliveriesPerSecond: chat.deliveriesPerSecond,
      chatNotDelivered: chat.wanted - chat.deliveries,
      chatP50Ms: rounded(chat.p50Ms, 1),
      chatP99Ms: rounded(chat.p99Ms, 1),
      loadCpu: rounded(chat.clientCpuSeconds / chat.tookSeconds, 2),
    },
    peer: null,
    why: 'No peer serves a live picture and a chat out of one process.',
    ratio: null,
    goals: [
      goal('rise of p95, ms', riseMs, 'most', 50),
      goal('runs of chat writes longer than 20 ms', beside.longFlushes, 'most', 0),
    ],
    setting: {
      ...setting,
      speakers: Math.min(SPEAKERS, setting.chatters),
      picture: '640x360 30/s, zero-latency encoder',
      machineLoad: rounded(loadavg()[0] ?? Number.NaN, 1),
    },
  };
}
