import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Source } from '../platform/stream.ts';
import { type Ladder, ladderFor } from '../transcoder/ladder.ts';
import { transcodeArguments } from '../transcoder/transcode-arguments.ts';
import { SOFTWARE_ENCODER } from '../transcoder/video-encoder.ts';
import { type BenchResult, type Figures, goal, rounded, say } from './result.ts';
import { freePort } from './support/free-port.ts';
import { launch, treeCpuSeconds, untilListening } from './support/process.ts';
import { startProduct } from './support/product.ts';
import { type Recording, record } from './support/recording.ts';
import { startSenders } from './support/rtmp-sender.ts';

export const describe =
  'CPU of the whole pipeline beside the bare ffmpeg command of the same ladder';

const SOURCES = {
  '720p': { width: 1280, height: 720, videoKbps: 2500 },
  '1080p': { width: 1920, height: 1080, videoKbps: 4500 },
};
const FPS = 30;
/** Streams last for hours: compilers and caches have settled by then. */
const SETTLE_MS = 30_000;

interface Setting {
  name: string;
  recording: Recording;
  ladder: Ladder;
  source: Source;
  measureMs: number;
}

function setting(name: keyof typeof SOURCES, recording: Recording, measureMs: number): Setting {
  const { width, height } = SOURCES[name];
  const source: Source = {
    id: 'bench',
    run: 1,
    url: '',
    video: { codec: 'h264', profile: 'High', codecs: 'avc1.64001f', width, height, fps: FPS },
    audio: { codec: 'aac', codecs: 'mp4a.40.2', sampleRate: 48_000, channels: 2 },
    wallBaseMs: 0,
    firstMediaMs: 0,
  };
  const ladder = ladderFor({
    source,
    cores: availableParallelism(),
    setting: null,
    hardware: false,
    encodeSource: false,
    handedOn: [],
    shed: 0,
  });
  return { name, recording, ladder, source, measureMs };
}

/**
 * The command one would write by hand: RTMP in, the same renditions by the same encoder settings,
 * each into HLS files of two seconds.
 */
function bareArguments({ ladder, source }: Setting, url: string, dir: string): string[] {
  const ours = transcodeArguments({
    source,
    ladder,
    encoder: SOFTWARE_ENCODER,
    cores: availableParallelism(),
    socketOf: (rendition) => rendition,
    startAtMs: null,
    segmentMs: 2000,
    partMs: 200,
  });
  const outputs = ours.outputs.flatMap(({ rendition, options }) => [
    ...options.slice(0, options.lastIndexOf('-f')),
    ...['-f', 'hls', '-hls_time', '2', '-hls_list_size', '30', '-hls_flags', 'delete_segments'],
    ...['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', `${rendition}-init.mp4`],
    ...['-hls_segment_filename', join(dir, `${rendition}-%d.m4s`), join(dir, `${rendition}.m3u8`)],
  ]);
  return ['-loglevel', 'error', '-nostdin', '-f', 'flv', '-listen', '1', '-i', url, ...outputs];
}

/** CPU seconds of the tree below `pid` in each second of the stream. */
async function cpuWhileSending(
  at: { pid: number; port: number; key: string },
  { recording, measureMs }: Setting,
  check = async () => {},
): Promise<number> {
  const senders = await startSenders({ ...recording, port: at.port, keys: [at.key] });
  try {
    await delay(SETTLE_MS);
    const began = performance.now();
    const before = treeCpuSeconds(at.pid);
    await delay(measureMs);
    const cpu = treeCpuSeconds(at.pid) - before;
    const seconds = (performance.now() - began) / 1000;
    await check();
    if (senders.open() === 0) throw new Error('The publisher was thrown out.');
    return cpu / seconds;
  } finally {
    senders.stop();
  }
}

/** Throws when not all of the ladder was encoded: on a busy machine the server sheds rungs. */
async function checkLadder(httpUrl: string, { ladder }: Setting): Promise<void> {
  const channel = await (await fetch(`${httpUrl}/api/v1/channels/bench`)).json();
  const names: string[] = channel.renditions.map(({ name }: { name: string }) => name);
  const missing = ladder.video.filter(({ name }) => !names.includes(name));
  if (missing.length === 0) return;
  const list = missing.map(({ name }) => name).join(', ');
  throw new Error(`The server shed ${list}: the machine is too busy to measure on.`);
}

async function measureOurs(one: Setting): Promise<number> {
  const product = await startProduct();
  try {
    const { streamKey } = await product.createChannel('bench');
    const at = { pid: product.pid, port: product.rtmpPort, key: streamKey };
    return await cpuWhileSending(at, one, () => checkLadder(product.httpUrl, one));
  } finally {
    await product.stop();
  }
}

async function measureBare(one: Setting): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-bare-ffmpeg-'));
  const port = await freePort();
  const args = bareArguments(one, `rtmp://127.0.0.1:${port}/live/bench`, dir);
  const ffmpeg = await launch('ffmpeg', args);
  try {
    await untilListening(port);
    return await cpuWhileSending({ pid: ffmpeg.pid, port, key: 'bench' }, one);
  } catch (error) {
    throw new Error(`The bare ffmpeg did not run: ${ffmpeg.errors()}`, { cause: error });
  } finally {
    await ffmpeg.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

export async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '30' },
      source: { type: 'string', default: '720p,1080p' },
    },
  });
  const names = values.source.split(',').filter((name) => name in SOURCES);
  const ours: Figures = {};
  const peer: Figures = {};
  const ratios: number[] = [];
  for (const name of names as (keyof typeof SOURCES)[]) {
    const shape = { ...SOURCES[name], fps: FPS, seconds: 10, audioKbps: 128, keyframeSeconds: 2 };
    say(`transcode: recording ${name}`);
    const one = setting(name, await record(shape), Number(values.seconds) * 1000);
    peer[name] = rounded(await measureBare(one));
    say(`transcode: ${name} bare ffmpeg ${peer[name]} CPU s per stream s`);
    ours[name] = rounded(await measureOurs(one));
    say(`transcode: ${name} ours ${ours[name]} CPU s per stream s`);
    ratios.push(Number(ours[name]) / Number(peer[name]));
  }
  const worst = rounded(Math.max(...ratios));
  return {
    bench: 'transcode',
    ours,
    peer,
    ratio: worst,
    goals: [goal('CPU of the pipeline over bare ffmpeg', worst, 'most', 1.05)],
    setting: { seconds: Number(values.seconds), cores: availableParallelism(), fps: FPS },
  };
}
