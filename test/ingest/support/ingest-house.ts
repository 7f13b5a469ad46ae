import { pino } from 'pino';
import { createIngest, type Ingest, type IngestOptions } from '../../../ingest/ingest.ts';
import type { Bus, BusFacts } from '../../../platform/bus.ts';
import { createMemoryBus } from '../../../platform/bus-memory.ts';
import type { Channel, Channels } from '../../../platform/channels.ts';
import { type Clock, randomId, systemClock } from '../../../platform/clock.ts';
import type { Config } from '../../../platform/config.ts';
import type { Directory } from '../../../platform/directory.ts';
import { createMemoryDirectory } from '../../../platform/directory-memory.ts';

export interface FactRecord {
  topic: StreamTopic;
  fact: BusFacts[StreamTopic];
}

const TOPICS = ['stream:live', 'stream:interrupted', 'stream:ended', 'stream:changed'] as const;
type StreamTopic = (typeof TOPICS)[number];

/** A real ingest service with its worker, on free ports, and records of what it tells. */
export interface IngestHouse {
  ingest: Ingest;
  bus: Bus;
  directory: Directory;
  channels: Channels;
  /** `rtmp://127.0.0.1:PORT/live/KEY` */
  url(key: string): string;
  port(): number;
  facts: FactRecord[];
  logs: Record<string, unknown>[];
  lastLive: Map<string, number>;
  /** The next fact of this topic that was not taken yet, also when it was told before. */
  next<T extends StreamTopic>(topic: T): Promise<BusFacts[T]>;
  /** The next log line with this phrase, from here on or before. */
  logged(
    phrase: string,
    fits?: (line: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Stream key `key-NAME` publishes to channel NAME, `key-NAME-1` after its first reset. */
export async function openIngest(
  options: IngestOptions & {
    config?: Partial<Config>;
    channels?: Partial<Channels>;
    clock?: Clock;
    /** Another house's: two nodes of one installation. */
    shared?: Pick<IngestHouse, 'bus' | 'directory'>;
  } = {},
): Promise<IngestHouse> {
  const logs = recorder<Record<string, unknown>>();
  const log = pino({ level: 'debug' }, { write: (line) => logs.add(JSON.parse(line)) });
  const { clock = systemClock } = options;
  const { bus, directory } = options.shared ?? {
    bus: createMemoryBus(log),
    directory: createMemoryDirectory({ clock, newId: randomId }),
  };
  const lastLive = new Map<string, number>();
  const channels = { ...keyedChannels(lastLive), ...options.channels };
  const config: Config = { ...CONFIG, ...options.config };
  const ingest = createIngest(
    { config, log, bus, directory, channels, clock, newId: randomId },
    { readableCodecs: ['h264'], ...options },
  );
  const facts = recorder<FactRecord>();
  for (const topic of TOPICS) bus.subscribe(topic, (fact) => facts.add({ topic, fact }));
  await ingest.start();
  const port = () => ingest.rtmpPort() ?? 0;
  return {
    ingest,
    bus,
    directory,
    channels,
    port,
    url: (key) => `rtmp://127.0.0.1:${port()}/live/${key}`,
    facts: facts.all,
    logs: logs.all,
    lastLive,
    async next<T extends StreamTopic>(topic: T) {
      return (await facts.take((record) => record.topic === topic)).fact as BusFacts[T];
    },
    logged: (phrase, fits = () => true) =>
      logs.take((line) => line['msg'] === phrase && fits(line)),
    close: () => ingest.stop(),
  };
}

const CONFIG = {
  host: '127.0.0.1',
  rtmpPort: 0,
  tls: null,
  reconnectGraceMs: 10_000,
} as Config;

function keyedChannels(lastLive: Map<string, number>): Channels {
  const channelNamed = (name: string): Channel => {
    return { id: name, name, title: '', createdAt: 0, lastLiveAt: lastLive.get(name) ?? null };
  };
  const resets = new Map<string, number>();
  const keyOf = (name: string) => {
    const times = resets.get(name);
    return times === undefined ? `key-${name}` : `key-${name}-${times}`;
  };
  const unused = () => Promise.reject(new TypeError('not used by ingest'));
  return {
    create: unused,
    list: unused,
    setTitle: unused,
    streamKeyOf: async (name) => keyOf(name),
    byName: async (name) => channelNamed(name),
    byStreamKey: async (key) => {
      const name = /^key-([a-z0-9_]{3,25})(-\d+)?$/.exec(key)?.[1];
      return name === undefined || key !== keyOf(name) ? null : channelNamed(name);
    },
    resetKey: async (name) => {
      resets.set(name, (resets.get(name) ?? 0) + 1);
      return keyOf(name);
    },
    setLastLive: async (name, at) => {
      lastLive.set(name, at);
    },
  };
}

/** Keeps what is added; `take` waits for one that fits and was not taken before. */
function recorder<T>() {
  const all: T[] = [];
  const free: T[] = [];
  const waiting: { fits(item: T): boolean; resolve(item: T): void }[] = [];
  return {
    all,
    add(item: T) {
      all.push(item);
      const index = waiting.findIndex(({ fits }) => fits(item));
      if (index < 0) free.push(item);
      else waiting.splice(index, 1)[0]?.resolve(item);
    },
    take(fits: (item: T) => boolean): Promise<T> {
      const index = free.findIndex(fits);
      const found = index < 0 ? undefined : free.splice(index, 1)[0];
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => waiting.push({ fits, resolve }));
    },
  };
}
