import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import { type Clock, randomId, systemClock } from '../../platform/clock.ts';
import { loadConfig } from '../../platform/config.ts';
import type { Context } from '../../platform/context.ts';
import { createMemoryDirectory } from '../../platform/directory-memory.ts';
import type { Source, StreamEntry } from '../../platform/stream.ts';
import { createTranscoder, type Transcoder } from '../../transcoder/transcoder.ts';

export interface TranscoderHost {
  /** `http://127.0.0.1:PORT/live/CHANNEL` */
  url: string;
  context: Context;
  transcoder: Transcoder;
  streamId: string;
  dataDir: string;
  /** What was logged, parsed. */
  logged: Record<string, unknown>[];
  live(source: Source): Promise<void>;
  /** From now on the clock is so much ahead; timers go on as they were. */
  skip(ms: number): void;
  interrupted(): void;
  ended(): void;
  entry(): Promise<StreamEntry>;
  /** Of every ffmpeg that runs for this host. */
  ffmpegPids(): number[];
  /** A media playlist of the stream; empty while there is none. */
  playlist(rendition: string): Promise<string>;
  media(rendition: string, file: string): Promise<Buffer>;
  close(): Promise<void>;
}

const CHANNEL = 'stage';

/** Asks again and again, at most 20 times a second, until the answer is not null. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | false> | T | null | false,
  timeoutMs = 40_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not in ${timeoutMs} ms`);
    await sleep(50);
  }
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  const body = await response.text();
  return response.ok ? body : '';
}

export function hostContext(
  dataDir: string,
  settings: Record<string, string> = {},
  clock: Clock = systemClock,
) {
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug', base: null },
    { write: (line: string) => void logged.push(JSON.parse(line)) },
  );
  const context: Context = {
    config: loadConfig({ DATA_DIR: dataDir, ...settings }),
    log,
    bus: createMemoryBus(log),
    directory: createMemoryDirectory({ clock, newId: randomId }),
    // The transcoder asks for no channel and knows nobody.
    channels: {} as Context['channels'],
    accounts: {} as Context['accounts'],
    identities: {} as Context['identities'],
    sessions: {} as Context['sessions'],
    signInCodes: {} as Context['signInCodes'],
    db: {} as Context['db'],
    redis: null,
    clock,
    newId: randomId,
  };
  return { context, logged };
}

/** The transcoder with all it has, behind a port of its own; the test is its ingest. */
export async function startTranscoderHost(
  options: { settings?: Record<string, string>; cores?: number; dataDir?: string } = {},
): Promise<TranscoderHost> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'footlight-transcoder-'));
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  const { context, logged } = hostContext(dataDir, options.settings, clock);
  const transcoder = createTranscoder(context, { cores: options.cores ?? 2 });
  await transcoder.start();
  const server = createServer((request, response) => transcoder.handleLive(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/live/${CHANNEL}`;
  const lease = await context.directory.takeLease({
    channel: CHANNEL,
    publisherId: 'test',
    identity: 'test',
  });
  if (!lease.granted) throw new Error('the directory of the test is not empty');
  const { streamId, startedAt } = lease;
  const base = `${url}/${streamId}`;
  return {
    ...{ url, context, transcoder, streamId, dataDir, logged },
    async live(source) {
      await context.directory.setSource(streamId, source);
      context.bus.publish('stream:live', { channel: CHANNEL, streamId, startedAt, source });
    },
    skip(ms) {
      aheadMs += ms;
    },
    interrupted() {
      const graceEndsAt = Date.now() + 30_000;
      const fact = { channel: CHANNEL, streamId, reason: 'lost', graceEndsAt } as const;
      context.bus.publish('stream:interrupted', fact);
    },
    ended() {
      context.bus.publish('stream:ended', { channel: CHANNEL, streamId, endedAt: Date.now() });
    },
    async entry() {
      const entry = await context.directory.byChannel(CHANNEL);
      if (entry === null) throw new Error('the stream is not in the directory');
      return entry;
    },
    ffmpegPids: () =>
      readdirSync(join(dataDir, 'run')).flatMap((name) => {
        const pid = /^ffmpeg-(\d+)\.json$/.exec(name)?.[1];
        return pid === undefined ? [] : [Number(pid)];
      }),
    playlist: (rendition) => text(`${base}/${rendition}/index.m3u8`),
    async media(rendition, file) {
      const response = await fetch(`${base}/${rendition}/${file}`);
      if (!response.ok) throw new Error(`${rendition}/${file}: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    async close() {
      await transcoder.stop();
      server.closeAllConnections();
      server.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface PlaylistSegment {
  uri: string;
  init: string;
  /** Counts the discontinuities before it in this playlist. */
  discontinuity: number;
}

/** The finished segments of a media playlist, in order. */
export function segmentsOf(playlist: string): PlaylistSegment[] {
  const segments: PlaylistSegment[] = [];
  let init = '';
  let discontinuity = 0;
  for (const line of playlist.split('\n')) {
    if (line.startsWith('#EXT-X-MAP:')) init = /URI="([^"]+)"/.exec(line)?.[1] ?? '';
    else if (line === '#EXT-X-DISCONTINUITY') discontinuity += 1;
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ uri: line, init, discontinuity });
    }
  }
  return segments;
}
