// Run as a process of its own by packager-origin.ts.
import { readFileSync } from 'node:fs';
import { systemClock } from '../../platform/clock.ts';
import { loadConfig } from '../../platform/config.ts';
import { createHttpApp } from '../../platform/http-app.ts';
import { createLog, type Log } from '../../platform/log.ts';
import {
  FlvReader,
  type FlvTag,
  writeFlvHeader,
  writeFlvTag,
} from '../../platform/media/flv-tag.ts';
import { FIRST_MEDIA_MS } from '../../platform/stream.ts';
import type { LiveStream } from '../../transcoder/packager/live-stream.ts';
import { createOrigin, type Origin } from '../../transcoder/packager/origin.ts';
import { DiskSegmentStore } from '../../transcoder/packager/segment-store-disk.ts';
import {
  createStreamPackager,
  type PackagerRun,
  type RenditionPlan,
} from '../../transcoder/packager/stream-packager.ts';
import { freePort } from './free-port.ts';
import type { OriginOrder, OriginReady, OriginReport } from './packager-origin.ts';
import { monotonicMs } from './statistics.ts';

const CHANNEL = 'bench';
const STREAM = 'stream';
const PART_MS = 200;
const SEGMENT_MS = 2000;
const TICK_MS = 4;
const KEPT_PARTS = 5000;

const report: OriginReport = { parts: [], requests: {} };
const pathOf = (name: string) => `/live/${CHANNEL}/${STREAM}/${name}/index.m3u8`;

interface Reel {
  rendition: string;
  tags: FlvTag[];
  next: number;
}

function reelsOf({ recordings }: OriginOrder): Reel[] {
  const reels: Reel[] = [];
  for (const [index, { name, file }] of recordings.entries()) {
    const tags: FlvTag[] = [];
    new FlvReader({ onTag: (tag) => tags.push(tag) }).push(readFileSync(file));
    const only = (type: string) => tags.filter((tag) => tag.type === type);
    reels.push({ rendition: name, tags: only('video'), next: 0 });
    if (index === 0) reels.push({ rendition: 'audio', tags: only('audio'), next: 0 });
  }
  return reels;
}

/** Pushes what is due, over and over, as ffmpeg's outputs would at real-time pace. */
function play(run: PackagerRun, reels: Reel[], durationMs: number): void {
  for (const { rendition } of reels) {
    const isAudio = rendition === 'audio';
    run.push(rendition, writeFlvHeader({ hasAudio: isAudio, hasVideo: !isAudio }));
  }
  const began = performance.now();
  setInterval(() => {
    const dueMs = performance.now() - began;
    for (const reel of reels) {
      for (;;) {
        const tag = reel.tags[reel.next % reel.tags.length];
        const round = Math.floor(reel.next / reel.tags.length);
        if (tag === undefined || tag.timestampMs + round * durationMs > dueMs) break;
        reel.next += 1;
        if (tag.type !== 'audio' && tag.type !== 'video') continue;
        const timestampMs = FIRST_MEDIA_MS + tag.timestampMs + round * durationMs;
        run.push(reel.rendition, writeFlvTag({ type: tag.type, timestampMs, body: tag.body }));
      }
    }
  }, TICK_MS);
}

function notePart(stream: LiveStream, rendition: string): void {
  const newest = stream.renditions.get(rendition)?.report;
  if (newest === null || newest === undefined) return;
  const part = `${newest.lastMsn}.${newest.lastPart}`;
  report.parts.push({ playlistPath: pathOf(rendition), part, atMs: monotonicMs() });
  if (report.parts.length > KEPT_PARTS) report.parts.shift();
}

/** Listens as the product does for `/live/`, and counts. */
async function listen(origin: Origin, { dataDir }: OriginOrder, log: Log): Promise<number> {
  const port = await freePort();
  const app = createHttpApp({
    config: loadConfig({ DATA_DIR: dataDir, HOST: '127.0.0.1', HTTP_PORT: String(port) }),
    log,
    health: { words: async () => ({}), cures: () => ({}), isStarted: () => true },
    rawRoutes: [
      {
        prefix: '/live/',
        handle: (request, response) => {
          const url = request.url ?? '';
          report.requests[url] = (report.requests[url] ?? 0) + 1;
          origin.handle(request, response);
        },
      },
    ],
    routers: [],
  });
  await app.listen();
  return port;
}

async function serve(order: OriginOrder): Promise<void> {
  const log = createLog('warn');
  const store = new DiskSegmentStore({
    directory: `${order.dataDir}/live`,
    clock: systemClock,
    log,
  });
  const origin = createOrigin({ store, clock: systemClock, log, cdnUrl: null });
  await origin.start();
  let stream: LiveStream | null = null;
  const port = await listen(origin, order, log);
  const packager = createStreamPackager({
    origin: {
      ...origin,
      handle: (request, response) => origin.handle(request, response),
      endStream: (ended) => origin.endStream(ended),
      openStream(wanted) {
        stream = origin.openStream(wanted);
        return stream;
      },
    },
    channel: CHANNEL,
    streamId: STREAM,
    partMs: PART_MS,
    segmentMs: SEGMENT_MS,
    clock: systemClock,
    log,
    onLongKeyframes: () => false,
    onPart: (rendition) => {
      if (stream !== null) notePart(stream, rendition);
    },
    onPlayable() {
      const names = [...order.recordings.map(({ name }) => name), 'audio'];
      const playlistPaths = Object.fromEntries(names.map((name) => [name, pathOf(name)]));
      process.send?.({ port, playlistPaths } satisfies OriginReady);
    },
  });
  const video = order.recordings.map(
    ({ name, width, height }, index): RenditionPlan => ({
      name,
      kind: 'video',
      copied: index === 0,
      width,
      height,
      fps: order.fps,
    }),
  );
  const audio: RenditionPlan = {
    name: 'audio',
    kind: 'audio',
    copied: true,
    width: null,
    height: null,
    fps: null,
  };
  const run = packager.beginRun({
    plan: [...video, audio],
    wallBaseMs: Date.now() - FIRST_MEDIA_MS,
    startAtMs: FIRST_MEDIA_MS,
  });
  play(run, reelsOf(order), order.durationMs);
}

process.on('message', (message: OriginOrder | 'report') => {
  if (message === 'report') process.send?.(report);
  else void serve(message);
});
process.once('SIGTERM', () => process.exit());
