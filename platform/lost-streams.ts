import type { Bus } from './bus.ts';
import type { Channels } from './channels.ts';
import type { Clock } from './clock.ts';
import type { RedisDirectory } from './directory-redis.ts';
import { interrupt, type StreamRecord } from './directory-rules.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

const LOOK_MS = 2_000;
/** A publisher renews its lease about once a second, and ingest cuts it after 20 s of nothing. */
const LOST_MS = 30_000;
/** What a node that lives has over this one for ending its own stream. */
const MARGIN_MS = 5_000;

type Outcome = { kind: 'interrupted'; graceEndsAt: number } | { kind: 'ended'; wentLive: boolean };

/**
 * Ends what an ingest node that died left in the directory: its streams wait for their encoders as
 * after any loss, and end when the grace is over. Every process looks; one of them acts. Time is
 * counted by this process's own looks, so an absent Redis makes nothing seem lost.
 */
export function watchLostStreams(options: {
  directory: RedisDirectory;
  bus: Bus;
  channels: Channels;
  config: { reconnectGraceMs: number };
  clock: Clock;
  log: Log;
}): {
  /** Resolves when the look that is under way, or one that begins now, is over. */
  look(): Promise<void>;
  stop(): Promise<void>;
} {
  const { directory, bus, channels, config, clock, log } = options;
  /** By stream: what it looked like, and since when it has not changed. */
  const seen = new Map<string, { signs: string; since: number }>();
  let looking: Promise<void> | null = null;

  const look = async () => {
    const records = await directory.records();
    const now = clock.now();
    const ids = new Set(records.map(({ entry }) => entry.streamId));
    for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    for (const record of records) {
      const { streamId } = record.entry;
      const signs = signsOfLife(record);
      const known = seen.get(streamId);
      if (known?.signs !== signs) seen.set(streamId, { signs, since: now });
      else if (now - known.since >= LOST_MS) await act(record, signs);
    }
  };

  const act = async ({ entry: { channel, streamId } }: StreamRecord, signs: string) => {
    const now = clock.now();
    const outcome = await directory.update<Outcome | null>(channel, (record) => {
      const isSame = record?.entry.streamId === streamId && signsOfLife(record) === signs;
      return isSame
        ? decide(record, now, config.reconnectGraceMs)
        : { answer: null, next: 'unchanged' };
    });
    if (outcome === null) return;
    log.warn({ channel, streamId, outcome: outcome.kind }, 'stream without a living ingest node');
    if (outcome.kind === 'interrupted') {
      const { graceEndsAt } = outcome;
      bus.publish('stream:interrupted', { channel, streamId, reason: 'lost', graceEndsAt });
    } else if (outcome.wentLive) {
      bus.publish('stream:ended', { channel, streamId, endedAt: now });
      await channels.setLastLive(channel, now);
    }
  };

  const lookOnce = (): Promise<void> => {
    looking ??= look()
      .catch((error: unknown) => {
        seen.clear();
        log.debug({ reason: messageOf(error) }, 'directory not read');
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  const cancel = clock.every(LOOK_MS, () => void lookOnce());
  return {
    look: lookOnce,
    async stop() {
      cancel();
      await looking;
    },
  };
}

/** What changes as long as somebody looks after the stream. */
const signsOfLife = ({ entry, lease }: StreamRecord): string =>
  [entry.state, entry.graceEndsAt, lease?.publisherId, lease?.renewedAt].join(' ');

function decide(
  record: StreamRecord,
  now: number,
  graceMs: number,
): { answer: Outcome | null; next: StreamRecord | null | 'unchanged' } {
  const { state, source, graceEndsAt } = record.entry;
  if (source === null) return { answer: { kind: 'ended', wentLive: false }, next: null };
  if (record.lease !== null || state !== 'interrupted') {
    record.lease = null;
    interrupt(record, now + graceMs);
    return { answer: { kind: 'interrupted', graceEndsAt: now + graceMs }, next: record };
  }
  if (now < (graceEndsAt ?? 0) + MARGIN_MS) return { answer: null, next: 'unchanged' };
  return { answer: { kind: 'ended', wentLive: true }, next: null };
}
