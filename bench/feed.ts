import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FeedServer } from '../ingest/feed-server.ts';
import { FlvReader, type FlvTag, writeFlvHeader, writeFlvTag } from '../platform/media/flv-tag.ts';
import { parseVideoTag } from '../platform/media/video-tag.ts';
import { type BenchResult, type Figures, rounded, say } from './result.ts';
import { startNginxRtmp } from './support/nginx-rtmp.ts';
import { cpuSeconds, launch } from './support/process.ts';
import { type Recording, record } from './support/recording.ts';
import { startSenders } from './support/rtmp-sender.ts';
import { median, quantile } from './support/statistics.ts';

export const describe =
  'How ffmpeg is fed: FLV over loopback HTTP, over a pipe, RTMP pulled from nginx';

const SHAPE = { width: 1280, height: 720, fps: 30, videoKbps: 2500, audioKbps: 128 };
const SETTLE_MS = 3000;
const TICK_MS = 4;

/** What tells a frame from every other, before and after ffmpeg copied it. */
const identity = (body: Buffer) => body.subarray(-24).toString('latin1');
const isFrame = (tag: FlvTag) => tag.type === 'video' && parseVideoTag(tag.body).kind === 'frame';

interface Measured {
  delaysMs: number[];
  /** Of ffmpeg, per second. */
  ffmpegCpu: number;
  /** From ffmpeg's start to the first frame out of it. */
  firstFrameMs: number;
}

interface Feed {
  /** ffmpeg's input, and what it needs to read it. */
  input: string[];
  /** Begins to send in real time once ffmpeg reads; resolves with the moment of media time 0. */
  begin(stdin: Writable | null): Promise<number>;
  stop(): Promise<void>;
}

/** Calls back for each tag of the recording when it is due. */
function play(tags: FlvTag[], send: (tag: FlvTag) => void): { startedAt: number; stop(): void } {
  const startedAt = performance.now();
  let next = 0;
  const tick = setInterval(() => {
    for (let tag = tags[next]; tag && startedAt + tag.timestampMs <= performance.now(); ) {
      send(tag);
      next += 1;
      tag = tags[next];
    }
  }, TICK_MS);
  return { startedAt, stop: () => clearInterval(tick) };
}

const configsOf = (tags: FlvTag[]) =>
  tags.filter((tag) => tag.timestampMs === 0 && tag.body[1] === 0);

/** Ingest's own listener, without the RTMP before it. */
async function httpFeed({ tags }: Recording): Promise<Feed> {
  const server = new FeedServer();
  await server.listen();
  const feed = server.open('bench');
  const configs = configsOf(tags);
  feed.setConfigs(
    configs.map(({ type, body }) => ({
      type: type === 'audio' ? 8 : 9,
      bytes: writeFlvTag({ type: type === 'audio' ? 'audio' : 'video', timestampMs: 0, body }),
    })),
  );
  let playing: { stop(): void } | null = null;
  return {
    input: ['-seekable', '0', '-f', 'flv', '-i', server.urlOf(feed)],
    async begin() {
      const played = play(tags, (tag) => {
        if (configs.includes(tag) || tag.type === 'script' || tag.type === 'other') return;
        const entry = isFrame(tag) && parseVideoTag(tag.body).keyframe;
        const bytes = writeFlvTag({ ...tag, type: tag.type });
        feed.push({ bytes, mediaMs: tag.timestampMs, entry, video: tag.type === 'video' });
        feed.flush();
      });
      playing = played;
      return played.startedAt;
    },
    async stop() {
      playing?.stop();
      server.close();
    },
  };
}

async function pipeFeed(recording: Recording): Promise<Feed> {
  // As ingest's listener does: the configurations, then the first keyframe.
  const configs = configsOf(recording.tags);
  const frames = recording.tags.filter((tag) => !configs.includes(tag));
  const tags = [...configs, ...frames.slice(frames.findIndex(isFrame))];
  let playing: { stop(): void } | null = null;
  return {
    input: ['-f', 'flv', '-i', 'pipe:0'],
    async begin(stdin) {
      stdin?.write(writeFlvHeader({ hasVideo: true, hasAudio: true }));
      const played = play(tags, (tag) => {
        if (tag.type === 'script' || tag.type === 'other') return;
        stdin?.write(writeFlvTag({ ...tag, type: tag.type }));
      });
      playing = played;
      return played.startedAt;
    },
    stop: async () => playing?.stop(),
  };
}

/** The publisher's RTMP hop is in its figures too: nginx cannot be fed otherwise. */
async function rtmpFeed(recording: Recording): Promise<Feed> {
  const nginx = await startNginxRtmp({ hls: null });
  let senders: { stop(): void } | null = null;
  return {
    // nginx sends the stream's tracks in no fixed order: they have to be probed.
    input: [
      ...['-probesize', '5000000', '-analyzeduration', '3000000', '-rtmp_live', 'live'],
      ...['-f', 'flv', '-i', `${nginx.rtmpUrl}/bench`],
    ],
    async begin() {
      const { rtmpPort: port } = nginx;
      senders = await startSenders({ ...recording, port, keys: ['bench'] });
      return performance.now();
    },
    async stop() {
      senders?.stop();
      await nginx.stop();
    },
  };
}

/** Takes the FLV that ffmpeg writes. */
async function listenForTags(socketPath: string, onTag: (tag: FlvTag) => void): Promise<Server> {
  const server = createServer((socket) => {
    const reader = new FlvReader({ onTag });
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('error', () => socket.destroy());
  }).listen(socketPath);
  await once(server, 'listening');
  return server;
}

const isPiped = (feed: Feed) => feed.input.includes('pipe:0');

const argumentsOf = (feed: Feed, socketPath: string): string[] => [
  ...['-hide_banner', '-loglevel', 'error', ...(isPiped(feed) ? [] : ['-nostdin']), '-copyts'],
  ...['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0', ...feed.input],
  ...['-map', '0:v', '-c', 'copy', '-f', 'flv', '-flush_packets', '1'],
  ...['-flvflags', 'no_duration_filesize', `unix:${socketPath}`],
];

async function measure(recording: Recording, open: typeof httpFeed, ms: number): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-feed-'));
  const socketPath = join(dir, 'out.sock');
  const feed = await open(recording);
  const frames = recording.tags.filter(isFrame);
  const dueAt = new Map(frames.map(({ body, timestampMs }) => [identity(body), timestampMs]));
  const delaysMs: number[] = [];
  let startedAt = 0;
  let spawnedAt = 0;
  let firstFrameMs = 0;
  const onTag = (tag: FlvTag) => {
    const due = tag.type === 'video' ? dueAt.get(identity(tag.body)) : undefined;
    if (due !== undefined && firstFrameMs === 0) firstFrameMs = performance.now() - spawnedAt;
    if (due !== undefined && due > SETTLE_MS) delaysMs.push(performance.now() - startedAt - due);
  };
  const server = await listenForTags(socketPath, onTag);
  const args = argumentsOf(feed, socketPath);
  const stdin = isPiped(feed) ? ('pipe' as const) : ('ignore' as const);
  // nginx has nothing to play before the publisher is there.
  const isRtmp = args.includes('-rtmp_live');
  if (isRtmp) startedAt = await feed.begin(null);
  spawnedAt = performance.now();
  const ffmpeg = await launch('ffmpeg', args, { stdio: [stdin, 'ignore', 'pipe'] });
  ffmpeg.child.stdin?.on('error', () => {});
  if (!isRtmp) startedAt = await feed.begin(ffmpeg.child.stdin);
  try {
    await delay(SETTLE_MS);
    const before = cpuSeconds(ffmpeg.pid);
    await delay(ms);
    const cpu = cpuSeconds(ffmpeg.pid) - before;
    if (delaysMs.length === 0) throw new Error(`No frame came through: ${ffmpeg.errors()}`);
    return { delaysMs, firstFrameMs, ffmpegCpu: cpu / (ms / 1000) };
  } finally {
    await ffmpeg.stop();
    await feed.stop();
    server.close();
    await rm(dir, { recursive: true, force: true });
  }
}

function figuresOf({ delaysMs, ffmpegCpu, firstFrameMs }: Measured): Figures {
  return {
    p50Ms: rounded(median(delaysMs) ?? 0),
    p95Ms: rounded(quantile(delaysMs, 0.95) ?? 0),
    frames: delaysMs.length,
    ffmpegCpu: rounded(ffmpegCpu),
    firstFrameMs: rounded(firstFrameMs, 0),
  };
}

const FEEDS = { http: httpFeed, pipe: pipeFeed, rtmp: rtmpFeed };

/** The same packets three ways; the peer is the RTMP pull. Delays include up to 4 ms of the sender's tick. */
export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string', default: '12' } } });
  const seconds = Number(values.seconds);
  const recording = await record({ ...SHAPE, seconds: seconds + 6, keyframeSeconds: 1 });
  const figures = { http: {}, pipe: {}, rtmp: {} } as Record<keyof typeof FEEDS, Figures>;
  for (const name of ['http', 'pipe', 'rtmp'] as const) {
    figures[name] = figuresOf(await measure(recording, FEEDS[name], seconds * 1000));
    say(`feed: ${name} ${JSON.stringify(figures[name])}`);
  }
  const prefixed = Object.entries(figures.pipe).map(([key, value]) => [`pipe_${key}`, value]);
  return {
    bench: 'feed',
    ours: { ...figures.http, ...Object.fromEntries(prefixed) },
    peer: figures.rtmp,
    ratio: rounded(Number(figures.http['p50Ms']) / Number(figures.rtmp['p50Ms'])),
    goals: [],
    setting: { ...SHAPE, seconds },
  };
}
