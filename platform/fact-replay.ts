import type { RedisBus } from './bus-redis.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';
import type { StreamEntry } from './stream.ts';

const RETRY_MS = 1_000;

interface KnownStream {
  channel: string;
  run: number | null;
  playable: boolean;
  graceEndsAt: number | null;
}

/**
 * Tells the listeners of this process the facts about streams that they missed, by what the
 * directory says: all of them after a start, and those of the time that Redis was away.
 */
export function createFactReplay(options: {
  bus: RedisBus;
  directory: Directory;
  clock: Clock;
  log: Log;
}): { catchUp(): Promise<void>; stop(): void } {
  const { bus, directory, clock, log } = options;
  const known = new Map<string, KnownStream>();
  /** Ended while the directory was read. */
  let ended = new Set<string>();
  let cancelRetry = () => {};
  let stopped = false;
  let tail: Promise<void> = Promise.resolve();

  const note = (stream: { channel: string; streamId: string }, change: Partial<KnownStream>) => {
    const { channel, streamId } = stream;
    const before = known.get(streamId) ?? {
      channel,
      run: null,
      playable: false,
      graceEndsAt: null,
    };
    known.set(streamId, { ...before, ...change });
  };
  const unsubscribe = [
    bus.subscribe('stream:live', (fact) => note(fact, { run: fact.source.run, graceEndsAt: null })),
    bus.subscribe('stream:playable', (fact) => note(fact, { playable: true })),
    bus.subscribe('stream:interrupted', (fact) => note(fact, { graceEndsAt: fact.graceEndsAt })),
    bus.subscribe('stream:ended', ({ streamId }) => {
      known.delete(streamId);
      ended.add(streamId);
    }),
  ];

  const tell = (entry: StreamEntry) => {
    const { channel, streamId, startedAt, source, state, playable, graceEndsAt } = entry;
    const stream = { channel, streamId };
    if (source !== null && known.get(streamId)?.run !== source.run) {
      bus.publishHere('stream:live', { ...stream, startedAt, source });
    }
    if (playable && known.get(streamId)?.playable !== true) {
      bus.publishHere('stream:playable', stream);
    }
    if (state !== 'interrupted' || graceEndsAt === null) return;
    if (known.get(streamId)?.graceEndsAt === graceEndsAt) return;
    bus.publishHere('stream:interrupted', { ...stream, reason: 'lost', graceEndsAt });
  };
  const replay = async () => {
    ended = new Set();
    const before = [...known];
    const entries = await directory.list();
    if (stopped) return;
    const open = new Set(entries.map(({ streamId }) => streamId));
    for (const [streamId, { channel }] of before) {
      if (open.has(streamId) || ended.has(streamId)) continue;
      bus.publishHere('stream:ended', { channel, streamId, endedAt: clock.now() });
    }
    for (const entry of entries) {
      if (ended.has(entry.streamId)) continue;
      tell(entry);
      // Whether it was, its own listener looks up.
      bus.publishHere('channel:key-reset', { channel: entry.channel });
    }
  };

  const catchUp = (): Promise<void> => {
    cancelRetry();
    tail = tail.then(replay).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'missed facts not read yet');
      if (!stopped) cancelRetry = clock.after(RETRY_MS, () => void catchUp());
    });
    return tail;
  };
  return {
    catchUp,
    stop() {
      stopped = true;
      cancelRetry();
      for (const end of unsubscribe) end();
    },
  };
}
