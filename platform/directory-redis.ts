import type { Clock, NewId } from './clock.ts';
import type { Directory } from './directory.ts';
import {
  interrupt,
  mayEnd,
  newRecord,
  releaseLease,
  renewLease,
  type StreamRecord,
  takeLease,
} from './directory-rules.ts';
import { AppError } from './errors.ts';
import type { RedisHandles } from './redis.ts';
import { redisScript } from './redis-script.ts';
import type { StreamEntry } from './stream.ts';

/** All is gone when nobody has changed anything for so long: an installation that was taken down. */
const FORGOTTEN_MS = 86_400_000;
/** Two processes change one stream a few times a second. */
const MOST_ATTEMPTS = 50;

/**
 * Replaces a channel's record when it is still the one that was read. A record is a random version,
 * a line feed and JSON; an empty one is none.
 */
const SWAP = redisScript(`
local current = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local version = string.match(current, '^[^\\n]*')
if version ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[4])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return 1
`);

/** What becomes of the record: another one, none, or nothing is written. */
type Change<T> = { answer: T; next: StreamRecord | null | 'unchanged' };

export interface RedisDirectory extends Directory {
  records(): Promise<StreamRecord[]>;
  /** Applies `decide` to the channel's record as one step: again when another process was faster. */
  update<T>(channel: string, decide: (record: StreamRecord | null) => Change<T>): Promise<T>;
}

/**
 * The directory of several processes, by the rules of the one in memory. Whoever wants a change
 * reads, decides and swaps; a record that another one has changed in between is decided on anew.
 * Lease decisions compare the clocks of the machines: keep them within a second (NTP).
 */
export function createRedisDirectory(options: {
  redis: RedisHandles;
  clock: Clock;
  newId: NewId;
}): RedisDirectory {
  const { redis, clock, newId } = options;
  // One tag: what a script touches must be in one place of a cluster.
  const streams = `${redis.prefix}{directory}:streams`;
  const ids = `${redis.prefix}{directory}:ids`;
  const { commands } = redis;

  const read = async (channel: string) => parse(await commands.hget(streams, channel));
  const swap = async (
    channel: string,
    version: string,
    record: StreamRecord | null,
    id: string,
  ) => {
    const next = record === null ? '' : `${newId()}\n${serialise(record)}`;
    const args = [channel, version, next, id, FORGOTTEN_MS];
    return (await SWAP.run(commands, [streams, ids], args)) === 1;
  };

  const update: RedisDirectory['update'] = async (channel, decide) => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const { version, record } = await read(channel);
      const before = record?.entry.streamId ?? '';
      const { answer, next } = decide(record);
      if (next === 'unchanged') return answer;
      const id = next?.entry.streamId ?? before;
      if (await swap(channel, version, next, id)) return answer;
    }
    throw new AppError({
      code: 'directory_contended',
      message: 'Too many publishers of one channel at the same time. Try again in a few seconds.',
      status: 503,
      retryable: true,
    });
  };
  /** False, and nothing happens, when the stream is over or `apply` leaves it as it is. */
  const updateStream = async (
    streamId: string,
    apply: (record: StreamRecord) => StreamRecord | null | 'unchanged',
  ): Promise<boolean> => {
    const channel = await commands.hget(ids, streamId);
    if (channel === null) return false;
    return update(channel, (record) => {
      const next = record?.entry.streamId === streamId ? apply(record) : 'unchanged';
      return { answer: next !== 'unchanged', next };
    });
  };
  const change = async (streamId: string, apply: (entry: StreamEntry) => void) => {
    await updateStream(streamId, (record) => {
      apply(record.entry);
      return record;
    });
  };
  const records = async () =>
    (await commands.hvals(streams)).flatMap((text) => parse(text).record ?? []);

  return {
    update,
    records,
    takeLease: (request) =>
      update(request.channel, (record) => {
        const next = record ?? newRecord(request.channel, newId(), clock.now());
        return { answer: takeLease(next, request, clock.now()), next };
      }),
    renewLease: (channel, publisherId) =>
      update(channel, (record) => {
        const isOwn = record !== null && renewLease(record, publisherId, clock.now());
        return { answer: isOwn, next: isOwn ? record : 'unchanged' };
      }),
    releaseLease: (channel, publisherId) =>
      update(channel, (record) => {
        const isOwn = record !== null && releaseLease(record, publisherId);
        return { answer: isOwn, next: isOwn ? record : 'unchanged' };
      }),

    setSource: (streamId, source) =>
      change(streamId, (entry) => {
        entry.source = source;
        entry.state = 'live';
        entry.graceEndsAt = null;
      }),
    async setInterrupted(streamId, graceEndsAt) {
      await updateStream(streamId, (record) =>
        interrupt(record, graceEndsAt) ? record : 'unchanged',
      );
    },
    setPlayable: (streamId) =>
      change(streamId, (entry) => {
        entry.playable = true;
      }),
    setPublisher: (streamId, facts, advice) =>
      change(streamId, (entry) => {
        entry.publisher = facts;
        entry.ingestAdvice = advice;
      }),
    setRenditions: (streamId, renditions, advice) =>
      change(streamId, (entry) => {
        entry.renditions = renditions;
        entry.transcodeAdvice = advice;
      }),
    endStream: (streamId, run) =>
      updateStream(streamId, (record) => (mayEnd(record, run) ? null : 'unchanged')),

    byChannel: async (channel) => (await read(channel)).record?.entry ?? null,
    list: async () => (await records()).map(({ entry }) => entry),
    async close() {},
  };
}

function serialise({ entry, run, lease }: StreamRecord): string {
  const kept = lease === null ? null : { ...lease, displaced: [...lease.displaced] };
  return JSON.stringify({ entry, run, lease: kept });
}

function parse(text: string | null): { version: string; record: StreamRecord | null } {
  if (text === null) return { version: '', record: null };
  const end = text.indexOf('\n');
  const { entry, run, lease } = JSON.parse(text.slice(end + 1));
  const read = lease === null ? null : { ...lease, displaced: new Map(lease.displaced) };
  return { version: text.slice(0, end), record: { entry, run, lease: read } };
}
