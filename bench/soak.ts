import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser } from '../test/support/browser.ts';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { measureAvBias } from './support/av-bias.ts';
import { startClockEncoder } from './support/clock-encoder.ts';
import { growthOf, type Sample } from './support/growth.ts';
import { startOurSite } from './support/our-site.ts';
import { processTree, treePssBytes } from './support/process.ts';
import { p50, p95, stallsOf } from './support/watching.ts';
import { openWatching, type Watching } from './support/watching-page.ts';

export const describe = 'one stream with a playing browser for a long time (--minutes 10)';

const MEGABYTE = 1024 * 1024;
/** Caches, code and the window of ten minutes fill up first. */
const WARM_UP_SHARE = 0.2;
const SAMPLE_SECONDS = 10;

interface Course {
  serverMb: Sample[];
  browserMb: Sample[];
  heapMb: Sample[];
  avOffsetMs: Sample[];
  latencyMs: Sample[];
  files: Sample[];
  diskMb: Sample[];
  stalls: number;
}

async function filesIn(dir: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).catch(() => null)),
  );
  const found = sizes.filter((size) => size !== null);
  return { files: found.length, bytes: found.reduce((sum, { size }) => sum + size, 0) };
}

/** Everything this process started that is not the server or the encoder: the browser. */
const browserBytes = (serverPid: number, encoderPid: number): number => {
  const own = processTree(process.pid).length === 0 ? 0 : treePssBytes(process.pid);
  return own - treePssBytes(serverPid) - treePssBytes(encoderPid) - process.memoryUsage().rss;
};

async function observe(
  watching: Watching,
  course: Course,
  at: { minute: number; serverPid: number; encoderPid: number; dataDir: string; bias: number },
): Promise<void> {
  const { minute } = at;
  const { sights, avOffsetsMs } = await watching.watch(SAMPLE_SECONDS);
  course.stalls += stallsOf(sights, Date.now()).length;
  const latency = p50(sights.map((sight) => sight.latencyMs));
  const offset = p50(avOffsetsMs);
  if (latency !== null) course.latencyMs.push({ minute, value: latency });
  if (offset !== null) course.avOffsetMs.push({ minute, value: offset - at.bias });
  course.serverMb.push({ minute, value: treePssBytes(at.serverPid) / MEGABYTE });
  course.browserMb.push({
    minute,
    value: browserBytes(at.serverPid, at.encoderPid) / MEGABYTE,
  });
  const heap = await watching.page.evaluate(() => {
    const memory = Reflect.get(performance, 'memory');
    return Number(Reflect.get(memory ?? {}, 'usedJSHeapSize') ?? 0);
  });
  course.heapMb.push({ minute, value: heap / MEGABYTE });
  const disk = await filesIn(at.dataDir);
  course.files.push({ minute, value: disk.files });
  course.diskMb.push({ minute, value: disk.bytes / MEGABYTE });
}

function figuresOf(course: Course, warmUpMinutes: number): Figures {
  const figures: Figures = { stalls: course.stalls };
  for (const name of ['serverMb', 'browserMb', 'heapMb', 'avOffsetMs', 'latencyMs'] as const) {
    const growth = growthOf(course[name].filter((sample) => sample.minute >= warmUpMinutes));
    figures[`${name}First`] = growth === null ? null : rounded(growth.first, 1);
    figures[`${name}Last`] = growth === null ? null : rounded(growth.last, 1);
    figures[`${name}PerMinute`] = growth === null ? null : rounded(growth.perMinute, 2);
  }
  figures['filesMost'] = Math.max(...course.files.map((sample) => sample.value));
  figures['filesLast'] = course.files.at(-1)?.value ?? null;
  figures['diskMbMost'] = rounded(Math.max(...course.diskMb.map((one) => one.value)), 1);
  const offsets = course.avOffsetMs.map((sample) => sample.value);
  const spread = offsets.length === 0 ? null : (p95(offsets) ?? 0) - Math.min(...offsets);
  figures['avDriftMs'] = spread === null ? null : rounded(spread, 1);
  return figures;
}

const number = (value: Figures[string] | undefined): number | null =>
  typeof value === 'number' ? value : null;

export async function run(args: string[]): Promise<BenchResult> {
  const { minutes } = numbersFrom(args, { minutes: 10 });
  const browser = await launchBrowser();
  const site = await startOurSite();
  const encoder = startClockEncoder({ url: site.publishUrl });
  try {
    const bias = await measureAvBias(browser);
    const watching = await openWatching(browser, site.watchUrl, { sound: true });
    const course: Course = {
      serverMb: [],
      browserMb: [],
      heapMb: [],
      avOffsetMs: [],
      latencyMs: [],
      files: [],
      diskMb: [],
      stalls: 0,
    };
    const startedAt = Date.now();
    let told = 0;
    for (let minute = 0; minute < minutes; minute = (Date.now() - startedAt) / 60_000) {
      const where = { serverPid: site.pid, encoderPid: encoder.pid, dataDir: site.dataDir };
      await observe(watching, course, { minute, ...where, bias });
      if (minute >= told) {
        say(`Minute ${told}: server ${course.serverMb.at(-1)?.value.toFixed(0)} MB`);
        told += 1;
      }
    }
    const ours = figuresOf(course, minutes * WARM_UP_SHARE);
    return {
      bench: 'soak',
      ours,
      peer: null,
      why: 'Flatness is measured against itself over time.',
      ratio: null,
      goals: [
        goal('stalls', course.stalls, 'most', 0),
        goal('A/V drift, ms', number(ours['avDriftMs']), 'most', 50),
        goal('server memory growth, MB a minute', number(ours['serverMbPerMinute']), 'most', 1),
        goal('browser memory growth, MB a minute', number(ours['browserMbPerMinute']), 'most', 2),
      ],
      setting: { minutes, sampleSeconds: SAMPLE_SECONDS, avBiasMs: rounded(bias, 1) },
    };
  } finally {
    await browser.close();
    await encoder.stop();
    await site.stop();
  }
}
