import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { RedisHandles } from '../../platform/redis.ts';
import type { Broker, Draft, LogSlice, Position, Published, Subscription } from './broker.ts';
import { KEPT_ENTRIES } from './channel-feed.ts';
import {
  commitSeconds,
  entriesCutEarly,
  entriesLost,
  entriesPublished,
  entriesRefused,
  entriesRepeated,
} from './chat-metrics.ts';
import { newEpoch } from './entry.ts';
import type { Stretch } from './log-messages.ts';
import { RedisAttempts } from './redis-attempts.ts';
import { RedisFeeds } from './redis-feeds.ts';
import { type ChannelKeys, channelKeys } from './redis-keys.ts';
import { MOST_ENTRIES, publishScript, readScript } from './redis-log-scripts.ts';
import { toRecord, toStretch } from './redis-record.ts';

/** Redis may be away for so long before those who write hear of it. */
const ANSWER_MS = 5_000;
/** A client's message is known again for so long. */
const SENT_KEPT_SECONDS = 86_400;
/** What has no client's id is known again by its own, for when a command had to be repeated. */
const OWN_KEPT_SECONDS = 600;
/** What a feed missed it reads in stretches of so many. */
const MOST_A_READ = 2_500;
const ARCHIVED: Draft['kind'][] = ['message', 'deleted', 'cleared'];

export interface RedisBrokerOptions {
  redis: RedisHandles;
  clock: Clock;
  log: Log;
  /** Milliseconds until a publish is given up; for tests. */
  answerMs?: number;
}

/** The broker of many nodes. */
export async function openRedisBroker(options: RedisBrokerOptions): Promise<Broker> {
  // Which also connects to every server of a cluster: until then the client sends commands to any
  // of them, and their order is lost.
  await loadScripts(options.redis);
  return new RedisBroker(options);
}

const loadScripts = async ({ commands }: RedisHandles): Promise<void> => {
  await Promise.all([publishScript, readScript].map((script) => script.load(commands)));
};

const publishAnswer = z.tuple([z.number(), z.string(), z.number(), z.number()]);
const FRESH = { offset: 0, epoch: '' };

/** Each channel is a stream in Redis, written by one script. */
class RedisBroker implements Broker {
  readonly #redis: RedisHandles;
  readonly #clock: Clock;
  readonly #attempts: RedisAttempts;
  readonly #feeds: RedisFeeds;

  constructor({ redis, clock, log, answerMs = ANSWER_MS }: RedisBrokerOptions) {
    this.#redis = redis;
    this.#clock = clock;
    this.#attempts = new RedisAttempts({
      clock,
      limitMs: answerMs,
      loadScripts: () => loadScripts(redis),
    });
    this.#feeds = new RedisFeeds({
      ...{ redis, clock, log, openMs: answerMs },
      read: (channel, heard) => this.#ask(channel, heard ?? FRESH, MOST_ENTRIES, MOST_A_READ),
    });
  }

  async publish(channel: string, draft: Draft): Promise<Published> {
    const keys = channelKeys(this.#redis.prefix, channel);
    const call = this.#publishCall(keys, channel, draft);
    const began = performance.now();
    const answer = await this.#attempts
      .run(() => publishScript.run(this.#redis.commands, call))
      .catch((error: unknown) => {
        entriesRefused.inc();
        throw error;
      });
    const [offset, id, early, lost] = publishAnswer.parse(answer);
    commitSeconds.observe((performance.now() - began) / 1000);
    const repeated = id !== draft.id;
    (repeated ? entriesRepeated : entriesPublished).inc();
    entriesCutEarly.inc(early);
    entriesLost.inc(lost);
    return { offset, id, repeated };
  }

  async published(channel: string, author: string, clientId: string): Promise<Published | null> {
    const key = channelKeys(this.#redis.prefix, channel).seen(author, clientId);
    const found = await this.#attempts.run(() => this.#redis.commands.get(key));
    if (found === null) return null;
    const space = found.indexOf(' ');
    return { offset: Number(found.slice(0, space)), id: found.slice(space + 1), repeated: true };
  }

  async read(
    channel: string,
    { after, limit }: { after: Position | null; limit: number },
  ): Promise<LogSlice> {
    const known = this.#feeds.get(channel)?.read({ after, limit });
    if (known) return known;
    const { follows, ...stretch } = await this.#ask(channel, after ?? FRESH, limit);
    return { ...stretch, resumed: follows };
  }

  subscribe(
    ...[channel, listener, onReset]: Parameters<Broker['subscribe']>
  ): Promise<Subscription> {
    return this.#feeds.subscribe(channel, listener, onReset);
  }

  readiness(): string {
    return this.#redis.readiness();
  }

  async close(): Promise<void> {
    this.#feeds.close();
  }

  #publishCall(keys: ChannelKeys, channel: string, draft: Draft) {
    const { kind, id, author, clientId, at } = draft;
    const seen = clientId === null ? keys.seen('', id) : keys.seen(author, clientId);
    return {
      keys: [keys.head, keys.log, keys.outbox, seen],
      args: [
        ...[newEpoch(this.#clock.now()), channel, toRecord(draft), id, at],
        ARCHIVED.includes(kind) ? 1 : 0,
        clientId === null ? OWN_KEPT_SECONDS : SENT_KEPT_SECONDS,
        ...[this.#redis.publishCommand, keys.push],
      ],
    };
  }

  /** @param gap the longest that is filled; of it at most `most` entries at once */
  async #ask(
    channel: string,
    from: Position & { id?: string | null },
    gap: number,
    most = gap,
  ): Promise<Stretch & { follows: boolean }> {
    const { head, log } = channelKeys(this.#redis.prefix, channel);
    const args = [
      ...[newEpoch(this.#clock.now()), from.epoch, from.offset, from.id ?? ''],
      ...[gap, most, Math.min(gap, KEPT_ENTRIES)],
    ];
    const call = { keys: [head, log], args };
    return toStretch(await this.#attempts.run(() => readScript.run(this.#redis.commands, call)));
  }
}
