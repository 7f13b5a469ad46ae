import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Source } from '../../platform/stream.ts';

const TAG_HEADER = 11;
const TAG_TRAILER = 4;
const FLV_HEADER = 13;

export interface FlvSourceOptions {
  /** ffmpeg arguments up to the output; default: a 320x180p30 picture with a tone, keyframes each 1 s. */
  args?: string[];
  video?: Source['video'];
  audio?: Source['audio'];
  firstMediaMs?: number;
  /** Every frame carries CEA-608 characters. */
  captions?: boolean;
  /** By how much the sound is ahead of the picture that it comes with, ms. */
  audioAheadMs?: number;
  run?: number;
  /** Wall ms of media time 0 that later sources of one stream share; default: from the first tag. */
  wallBaseMs?: number;
}

export interface FlvSource {
  source: Source;
  /** Newest media time handed out, ms. */
  newestMediaMs(): number;
  /** The same of each track. */
  newestMs(): { video: number; audio: number };
  /** From now on it says that it has so much more than it has, so that readers seem slow. */
  claimAhead(ms: number): void;
  /** How often it was asked how far it is. */
  timesAsked(): number;
  /** Ends the encoder and, as ingest does, the GET answers. */
  close(): Promise<void>;
  encoder: ChildProcess;
}

export const TEST_AUDIO: Source['audio'] = {
  codec: 'aac',
  codecs: 'mp4a.40.2',
  sampleRate: 48_000,
  channels: 2,
};

export const testVideo = (over: Partial<NonNullable<Source['video']>> = {}) => ({
  codec: 'h264' as const,
  profile: 'Constrained Baseline',
  codecs: 'avc1.42c01f',
  width: 320,
  height: 180,
  fps: 30,
  ...over,
});

/** Arguments of an encoder with a moving picture and a tone, in real time. */
export function encoderArgs(
  options: {
    size?: string;
    fps?: string;
    gopSeconds?: number;
    /** Frames; instead of gopSeconds where fps is a fraction. */
    gop?: number;
    extra?: string[];
    audio?: boolean;
    pixelFormat?: string;
  } = {},
) {
  const fps = options.fps ?? '30';
  const gop = options.gop ?? Math.round(Number(fps) * (options.gopSeconds ?? 1));
  const audioInput =
    options.audio === false
      ? []
      : ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
  return [
    '-re',
    '-f',
    'lavfi',
    '-i',
    `testsrc=size=${options.size ?? '320x180'}:rate=${fps}`,
    ...audioInput,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-threads',
    '1',
    '-pix_fmt',
    options.pixelFormat ?? 'yuv420p',
    '-g',
    String(gop),
    '-keyint_min',
    String(gop),
    '-sc_threshold',
    '0',
    ...(options.audio === false ? [] : ['-c:a', 'aac', '-b:a', '64k', '-ac', '2']),
    ...(options.extra ?? []),
  ];
}

/** SEI with user data GA94 (ATSC A/72): one pair of CEA-608 characters of field 1. */
const CAPTION_NAL = Buffer.from('0604' + '0e' + 'b50031474139340341fffcc8e5ff' + '80', 'hex');

/** The same video tag with captions before its picture. */
function withCaptions(tag: Buffer): Buffer {
  if (tag[0] !== 9 || isConfig(tag)) return tag;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(CAPTION_NAL.length);
  const head = tag.subarray(0, TAG_HEADER + 5);
  const rest = tag.subarray(TAG_HEADER + 5, -TAG_TRAILER);
  const trailer = Buffer.alloc(TAG_TRAILER);
  const captioned = Buffer.concat([head, length, CAPTION_NAL, rest, trailer]);
  captioned.writeUIntBE(captioned.length - TAG_HEADER - TAG_TRAILER, 1, 3);
  captioned.writeUInt32BE(captioned.length - TAG_TRAILER, captioned.length - TAG_TRAILER);
  return captioned;
}

interface Feed {
  header: Buffer;
  configs: Map<number, Buffer>;
  gop: Buffer[];
  clients: Set<ServerResponse>;
  newestMs: { video: number; audio: number };
  captions: boolean;
  audioAheadMs: number;
  claimedMs: number;
  timesAsked: number;
}

const newestOf = ({ newestMs }: Feed) => Math.max(newestMs.video, newestMs.audio);

const isConfig = (tag: Buffer) => {
  const type = tag[0];
  if (type === 8) return (tag[TAG_HEADER] ?? 0) >> 4 === 10 && tag[TAG_HEADER + 1] === 0;
  return type === 9 && tag[TAG_HEADER + 1] === 0 && ((tag[TAG_HEADER] ?? 0) & 0x80) === 0;
};
const isKeyframe = (tag: Buffer) => tag[0] === 9 && (((tag[TAG_HEADER] ?? 0) >> 4) & 7) === 1;

function stamp(tag: Buffer, mediaMs: number) {
  tag.writeUIntBE(mediaMs & 0xffffff, 4, 3);
  tag[7] = (mediaMs >>> 24) & 0xff;
}

function take(feed: Feed, tag: Buffer, hasVideo: boolean) {
  if (tag[0] === 18) return;
  if (isConfig(tag)) feed.configs.set(tag[0] ?? 0, tag);
  else {
    if (!hasVideo || isKeyframe(tag)) feed.gop = [];
    feed.gop.push(tag);
  }
  for (const client of feed.clients) client.write(tag);
}

/** What ingest's loopback listener does, from an ffmpeg of the test: one Source, endless FLV. */
export async function startFlvSource(options: FlvSourceOptions = {}): Promise<FlvSource> {
  const firstMediaMs = options.firstMediaMs ?? 10_000;
  const video = options.video === undefined ? testVideo() : options.video;
  const audio = options.audio === undefined ? TEST_AUDIO : options.audio;
  const flags = (audio ? 4 : 0) | (video ? 1 : 0);
  const header = Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
  const feed: Feed = {
    header,
    configs: new Map(),
    gop: [],
    clients: new Set(),
    newestMs: { video: firstMediaMs, audio: firstMediaMs },
    captions: options.captions ?? false,
    audioAheadMs: options.audioAheadMs ?? 0,
    claimedMs: 0,
    timesAsked: 0,
  };
  const server = createServer((request, response) => {
    const { newestMs, claimedMs } = feed;
    if (video) response.setHeader('newest-video-ms', newestMs.video + claimedMs);
    if (audio) response.setHeader('newest-audio-ms', newestMs.audio + claimedMs);
    if (request.method === 'HEAD') {
      feed.timesAsked += 1;
      response.end();
      return;
    }
    response.socket?.setNoDelay(true);
    response.writeHead(200, { 'content-type': 'video/x-flv' });
    response.write(Buffer.concat([feed.header, ...feed.configs.values(), ...feed.gop]));
    feed.clients.add(response);
    response.on('close', () => feed.clients.delete(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const args = [
    '-hide_banner',
    '-loglevel',
    'error',
    '-nostdin',
    ...(options.args ?? encoderArgs()),
  ];
  const encoder = spawn(
    'ffmpeg',
    [...args, '-f', 'flv', '-flush_packets', '1', '-flvflags', 'no_duration_filesize', 'pipe:1'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const wallBaseMs = await firstTag(encoder, feed, { firstMediaMs, hasVideo: video !== null });
  const { port } = server.address() as AddressInfo;
  return {
    source: {
      id: `source-${port}`,
      run: options.run ?? 1,
      url: `http://127.0.0.1:${port}/source.flv`,
      video,
      audio,
      wallBaseMs: options.wallBaseMs ?? wallBaseMs,
      firstMediaMs,
    },
    encoder,
    newestMediaMs: () => newestOf(feed),
    newestMs: () => feed.newestMs,
    claimAhead(ms) {
      feed.claimedMs = ms;
    },
    timesAsked: () => feed.timesAsked,
    async close() {
      for (const client of feed.clients) client.end();
      server.close();
      if (encoder.exitCode !== null || encoder.signalCode !== null) return;
      encoder.kill('SIGKILL');
      await once(encoder, 'exit');
    },
  };
}

/** Reads the encoder's tags for good; resolves with wallBaseMs once the GOP cache can be joined. */
function firstTag(
  encoder: ChildProcess,
  feed: Feed,
  { firstMediaMs, hasVideo }: { firstMediaMs: number; hasVideo: boolean },
) {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let pending = Buffer.alloc(0);
  let skipped = false;
  encoder.once('exit', (code) => reject(new Error(`the test's encoder ended with ${code}`)));
  encoder.stdout?.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    if (!skipped && pending.length >= FLV_HEADER) {
      pending = pending.subarray(FLV_HEADER);
      skipped = true;
    }
    while (skipped && pending.length >= TAG_HEADER) {
      const size = TAG_HEADER + pending.readUIntBE(1, 3) + TAG_TRAILER;
      if (pending.length < size) return;
      const read = Buffer.from(pending.subarray(0, size));
      const tag = feed.captions ? withCaptions(read) : read;
      pending = pending.subarray(size);
      const aheadMs = tag[0] === 8 ? feed.audioAheadMs : 0;
      const mediaMs = firstMediaMs + aheadMs + (tag.readUIntBE(4, 3) | ((tag[7] ?? 0) << 24));
      stamp(tag, mediaMs);
      take(feed, tag, hasVideo);
      if (isConfig(tag) || tag[0] === 18) continue;
      const track = tag[0] === 9 ? 'video' : 'audio';
      feed.newestMs[track] = Math.max(feed.newestMs[track], mediaMs);
      resolve(Date.now() - mediaMs);
    }
  });
  return promise;
}
