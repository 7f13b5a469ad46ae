import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { ChannelSubscription, RedisHandles } from '../../platform/redis.ts';
import type { Broker, Subscription } from './broker.ts';
import { ChannelFeed, type Heard } from './channel-feed.ts';
import { chatUnavailable } from './chat-unavailable.ts';
import type { Stretch } from './log-messages.ts';
import { channelKeys } from './redis-keys.ts';
import { fromPush } from './redis-record.ts';

/** A push that was lost without a word is missed for so long at most. */
const CHECK_MS = 5_000;
const MOST_A_CHECK = 500;

interface OpenChannel {
  pushes: ChannelSubscription;
  feed: ChannelFeed | null;
  opened: Promise<ChannelFeed>;
  /** Something was pushed before there was a feed. */
  missed: boolean;
  users: number;
}

export interface RedisFeedsOptions {
  redis: RedisHandles;
  clock: Clock;
  log: Log;
  openMs: number;
  /** What came after; of null the newest. */
  read(channel: string, heard: Heard | null): Promise<Stretch>;
}

/** The channels this node listens to: each subscribed once, and read where a push was missed. */
export class RedisFeeds {
  readonly #options: RedisFeedsOptions;
  readonly #channels = new Map<string, OpenChannel>();
  readonly #endings: (() => void)[];

  constructor(options: RedisFeedsOptions) {
    this.#options = options;
    this.#endings = [
      options.redis.onReconnect(() => {
        for (const { feed } of this.#channels.values()) feed?.refresh();
      }),
      options.clock.every(CHECK_MS, () => {
        this.#check().catch((error: unknown) => {
          options.log.debug({ reason: messageOf(error) }, 'chat logs not checked');
        });
      }),
    ];
  }

  get(channel: string): ChannelFeed | null {
    return this.#channels.get(channel)?.feed ?? null;
  }

  /** @throws AppError `chat_unavailable` */
  async subscribe(...args: Parameters<Broker['subscribe']>): Promise<Subscription> {
    const [channel, listener, onReset] = args;
    const open = this.#channels.get(channel) ?? this.#open(channel);
    open.users += 1;
    const leave = () => {
      open.users -= 1;
      if (open.users === 0) this.#end(channel, open);
    };
    try {
      return (await open.opened).subscribe(listener, onReset, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  close(): void {
    for (const end of this.#endings) end();
    for (const [channel, open] of this.#channels) this.#end(channel, open);
  }

  #end(channel: string, open: OpenChannel): void {
    open.pushes.end();
    open.feed?.close();
    if (this.#channels.get(channel) === open) this.#channels.delete(channel);
  }

  #open(channel: string): OpenChannel {
    const { redis } = this.#options;
    const pushes = redis.subscribeChannel(channelKeys(redis.prefix, channel).push, (message) =>
      this.#receive(open, message),
    );
    const opened = this.#begin(channel, pushes).then((feed) => {
      open.feed = feed;
      if (open.missed) feed.refresh();
      return feed;
    });
    const open: OpenChannel = { pushes, opened, feed: null, missed: false, users: 0 };
    this.#channels.set(channel, open);
    return open;
  }

  /** Reads only when nothing that comes later can be missed. */
  async #begin(channel: string, pushes: ChannelSubscription): Promise<ChannelFeed> {
    const { clock, openMs, read } = this.#options;
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(openMs, () =>
      late.reject(chatUnavailable(new Error('Redis confirms no subscription'))),
    );
    try {
      await Promise.race([pushes.confirmed, late.promise]);
    } finally {
      cancel();
    }
    const newest = await read(channel, null);
    return new ChannelFeed(newest, {
      ...this.#options,
      fetch: (heard) => read(channel, heard),
    });
  }

  #receive(open: OpenChannel, message: Buffer): void {
    if (open.feed === null) {
      open.missed = true;
      return;
    }
    const { epoch, entry } = fromPush(message.toString());
    open.feed.receive(epoch, [entry]);
  }

  async #check(): Promise<void> {
    const feeds = [...this.#channels].flatMap(([channel, { feed }]) =>
      feed === null ? [] : [{ channel, feed }],
    );
    for (let at = 0; at < feeds.length; at += MOST_A_CHECK) {
      await Promise.all(feeds.slice(at, at + MOST_A_CHECK).map((one) => this.#checkOne(one)));
    }
  }

  async #checkOne({ channel, feed }: { channel: string; feed: ChannelFeed }): Promise<void> {
    const { commands, prefix } = this.#options.redis;
    const heard = feed.position;
    const { head } = channelKeys(prefix, channel);
    const [epoch, offset] = await commands.hmget(head, 'epoch', 'offset');
    // What was pushed meanwhile is on its way, unless nothing has come since the question.
    const stood = feed.position.offset === heard.offset && feed.position.epoch === heard.epoch;
    if (stood && (epoch !== heard.epoch || Number(offset) !== heard.offset)) feed.refresh();
  }
}
