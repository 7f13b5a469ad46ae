import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser } from '../test/support/browser.ts';
import { type BenchResult, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { type BadLink, startBadLink } from './support/bad-link.ts';
import { startClockEncoder } from './support/clock-encoder.ts';
import type { Sight } from './support/clock-reader.ts';
import { startOurSite } from './support/our-site.ts';
import { p50, p95, stallsOf } from './support/watching.ts';
import { openWatching, type Watching } from './support/watching-page.ts';

export const describe = 'the same through a long, lossy link that narrows (--seconds 60)';

const LINK = { roundTripMs: 40, jitterMs: 15, lossMs: 200, lossEveryMs: 5000 } as const;
const WIDE_BITS_PER_SECOND = 20_000_000;
const NARROW_BITS_PER_SECOND = 1_000_000;
const SETTLE_SECONDS = 20;
const SQUEEZE_SECONDS = 15;
const AFTER_SECONDS = 45;
const SOURCE_HEIGHT = 720;
/** Latency and rung count as back when they have stayed so for this long. */
const STEADY_SECONDS = 3;
const NEAR_ENOUGH = 1.15;
/** What was under way in the squeeze still arrives for so long. */
const DRAIN_MS = 3000;

interface Seen {
  sights: Sight[];
  /** Height of the picture, once in a while. */
  heights: { at: number; height: number }[];
}

async function watchFor(watching: Watching, seconds: number): Promise<Seen> {
  const heights: Seen['heights'] = [];
  const timer = setInterval(() => {
    watching.page
      .evaluate(() => document.querySelector('video')?.videoHeight ?? 0)
      .then((height) => heights.push({ at: Date.now(), height }))
      .catch(() => undefined);
  }, 250);
  try {
    const { sights } = await watching.watch(seconds);
    return { sights, heights };
  } finally {
    clearInterval(timer);
  }
}

/** Seconds after `since` from which on latency and picture are as before; null: never. */
function backAfter(after: Seen, since: number, before: number): number | null {
  const good = (from: number) => {
    const sights = after.sights.filter((sight) => sight.at >= from && sight.at < from + 3000);
    const heights = after.heights.filter((one) => one.at >= from && one.at < from + 3000);
    const latency = p50(sights.map((sight) => sight.latencyMs));
    return (
      heights.length > 0 &&
      heights.every((one) => one.height === SOURCE_HEIGHT) &&
      latency !== null &&
      latency <= before * NEAR_ENOUGH
    );
  };
  const last = after.sights.at(-1)?.at ?? since;
  for (let from = since; from < last - STEADY_SECONDS * 1000; from += 250) {
    if (good(from)) return rounded((from - since) / 1000, 2);
  }
  return null;
}

async function squeeze(watching: Watching, link: BadLink, seconds: number) {
  await delay(SETTLE_SECONDS * 1000);
  say(`Wide: ${seconds} s`);
  const before = await watchFor(watching, seconds);
  say(`Narrow: ${SQUEEZE_SECONDS} s`);
  link.setBitsPerSecond(NARROW_BITS_PER_SECOND);
  const squeezedAt = Date.now();
  const during = await watchFor(watching, SQUEEZE_SECONDS);
  link.setBitsPerSecond(WIDE_BITS_PER_SECOND);
  const widenedAt = Date.now();
  say(`Wide again: ${AFTER_SECONDS} s`);
  const after = await watchFor(watching, AFTER_SECONDS);
  return { before, during, after, squeezedAt, widenedAt };
}

type Squeezed = Awaited<ReturnType<typeof squeeze>>;

function figuresOf({ before, during, after, squeezedAt, widenedAt }: Squeezed) {
  const latencies = before.sights.map((sight) => sight.latencyMs);
  const p50Ms = p50(latencies);
  // A stall may begin with the last frame before the squeeze and end with the first one after it.
  const drainedAt = widenedAt + DRAIN_MS;
  const around = [...before.sights.slice(-1), ...during.sights, ...after.sights].filter(
    (sight) => sight.at < drainedAt,
  );
  const next = after.sights.find((sight) => sight.at >= drainedAt) ?? after.sights.at(-1);
  const stalls = stallsOf(around, next?.at ?? drainedAt);
  const fell = during.heights.find((one) => one.height < SOURCE_HEIGHT);
  return {
    p50Ms,
    p95Ms: p95(latencies),
    stallsBefore: stallsOf(before.sights, squeezedAt).length,
    stallsInSqueeze: stalls.length,
    longestStallMs: rounded(Math.max(0, ...stalls.map((stall) => stall.ms)), 0),
    squeezedP50Ms: p50(during.sights.slice(-300).map((sight) => sight.latencyMs)),
    fellAfterSeconds: fell === undefined ? null : rounded((fell.at - squeezedAt) / 1000, 2),
    lowestHeight: Math.min(...during.heights.map((one) => one.height)),
    backAfterSeconds: backAfter(after, widenedAt, p50Ms ?? 0),
    stallsAfter: stallsOf(
      after.sights.filter((sight) => sight.at >= drainedAt),
      after.sights.at(-1)?.at ?? 0,
    ).length,
  };
}

export async function run(args: string[]): Promise<BenchResult> {
  const { seconds } = numbersFrom(args, { seconds: 60 });
  const site = await startOurSite('360p@600k');
  const link = await startBadLink({
    targetPort: site.httpPort,
    ...LINK,
    bitsPerSecond: WIDE_BITS_PER_SECOND,
  });
  const encoder = startClockEncoder({
    url: site.publishUrl,
    width: 1280,
    height: SOURCE_HEIGHT,
    bitrate: '2500k',
    detail: 0.6,
  });
  const browser = await launchBrowser();
  try {
    await delay(4000);
    const url = `http://127.0.0.1:${link.port}${site.watchPath}`;
    const watching = await openWatching(browser, url, { sound: false });
    const ours = figuresOf(await squeeze(watching, link, seconds));
    return {
      bench: 'latency-net',
      ours: { ...ours, losses: link.losses() },
      peer: null,
      why: 'The peer has no adaptive quality to put beside ours; `latency` compares the two.',
      ratio: null,
      goals: [
        goal('p50 ms before the squeeze', ours.p50Ms, 'most', 1300),
        goal('longest stall in the squeeze, ms', ours.longestStallMs, 'most', 1000),
        goal('back to latency and rung after, s', ours.backAfterSeconds, 'most', 30),
      ],
      setting: {
        ...LINK,
        seconds,
        squeezeSeconds: SQUEEZE_SECONDS,
        wideBitsPerSecond: WIDE_BITS_PER_SECOND,
        narrowBitsPerSecond: NARROW_BITS_PER_SECOND,
        picture: '1280x720 30/s at 2.5 Mbit/s, rung of 360p at 600 kbit/s',
      },
    };
  } finally {
    await browser.close();
    await encoder.stop();
    await link.stop();
    await site.stop();
  }
}
