import type { Clock, NewId } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { ChannelSubscription, RedisHandles } from '../../platform/redis.ts';
import { LEASE_MS, type Presence } from './presence.ts';
import type { LocalChange, PresenceChannel } from './presence-channel.ts';
import { createPresence, type PresenceLink } from './presence-core.ts';
import { type NodeWord, readNodeWord } from './presence-words.ts';

export interface RedisPresenceOptions {
  redis: RedisHandles;
  clock: Clock;
  newId: NewId;
  log: Log;
}

/**
 * Presence of many nodes. Each says who came and went at its own connections, all of it to a node
 * that begins to watch, and every few seconds that it is alive: one that is silent for as long as a
 * lease lasts has left with all its people. Nothing of it lies in Redis, so nothing is left behind.
 */
export const createRedisPresence = (options: RedisPresenceOptions): Presence =>
  createPresence({ clock: options.clock, link: new RedisLink(options) });

const ALIVE_EVERY_MS = 5_000;
/** What the first who comes waits for the other nodes' answers. */
const ANSWERS_WITHIN_MS = 150;
const CONFIRMED_WITHIN_MS = 1_000;
/** When those who left were last here, for so many of a channel. */
const MOST_SEEN = 10_000;

interface Watched {
  channel: PresenceChannel;
  subscription: ChannelSubscription;
  ready: Promise<void>;
  /** Counts what this node said; a gap in another's count means that something was missed. */
  said: number;
  saidAt: number;
  others: Map<string, { said: number; heardAt: number }>;
}

class RedisLink implements PresenceLink {
  readonly #redis: RedisHandles;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #node: string;
  readonly #watched = new Map<string, Watched>();
  readonly #stopHearing: () => void;

  constructor({ redis, clock, newId, log }: RedisPresenceOptions) {
    this.#redis = redis;
    this.#clock = clock;
    this.#log = log;
    this.#node = newId();
    this.#stopHearing = redis.onReconnect(() => {
      for (const [name, watched] of this.#watched) {
        this.#sayAll(name, watched);
        this.#publish(name, { kind: 'ask', node: this.#node, of: null });
      }
    });
  }

  open(name: string, channel: PresenceChannel): void {
    const subscription = this.#redis.subscribeChannel(this.#key(name), (message) =>
      this.#hear(name, message),
    );
    const watched: Watched = {
      ...{ channel, subscription, ready: Promise.resolve() },
      ...{ said: 0, saidAt: this.#clock.now(), others: new Map() },
    };
    watched.ready = this.#askAll(name, subscription);
    this.#watched.set(name, watched);
  }

  async ready(name: string): Promise<void> {
    await this.#watched.get(name)?.ready;
  }

  tell(name: string, change: LocalChange): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    watched.said++;
    watched.saidAt = this.#clock.now();
    this.#publish(name, { kind: 'change', node: this.#node, said: watched.said, ...change });
  }

  tick(): void {
    const now = this.#clock.now();
    for (const [name, watched] of this.#watched) {
      if (now - watched.saidAt >= ALIVE_EVERY_MS) {
        watched.saidAt = now;
        this.#publish(name, { kind: 'alive', node: this.#node, said: watched.said });
      }
      for (const [node, other] of watched.others) {
        if (now - other.heardAt < LEASE_MS) continue;
        watched.others.delete(node);
        watched.channel.dropRemote(node);
      }
    }
  }

  close(name: string): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    this.#watched.delete(name);
    watched.subscription.end();
    this.#publish(name, { kind: 'gone', node: this.#node });
  }

  noteSeen(name: string, userIds: string[], at: number): void {
    const key = `${this.#key(name)}:seen`;
    const pairs = userIds.flatMap((userId) => [at, userId]);
    this.#redis.commands
      .zadd(key, ...pairs)
      .then(() => this.#redis.commands.zremrangebyrank(key, 0, -MOST_SEEN - 1))
      .catch(() => undefined);
  }

  async lastSeen(name: string, userId: string): Promise<number | null> {
    const at = await this.#redis.commands.zscore(`${this.#key(name)}:seen`, userId);
    return at === null ? null : Number(at);
  }

  async end(): Promise<void> {
    this.#stopHearing();
  }

  #key(name: string): string {
    return `${this.#redis.prefix}presence:${name}`;
  }

  /** While Redis is away nobody waits for it: those of this node are known anyway. */
  async #askAll(name: string, { confirmed }: ChannelSubscription): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(CONFIRMED_WITHIN_MS, resolve);
    const isConfirmed = await Promise.race([confirmed.then(() => true), promise]);
    cancel();
    if (isConfirmed !== true) return;
    this.#publish(name, { kind: 'ask', node: this.#node, of: null });
    await new Promise<void>((done) => this.#clock.after(ANSWERS_WITHIN_MS, done));
  }

  #sayAll(name: string, watched: Watched): void {
    const { guests, people } = watched.channel.leases;
    const { said } = watched;
    this.#publish(name, { kind: 'all', node: this.#node, said, guests, people: [...people] });
  }

  #publish(name: string, word: NodeWord): void {
    // Lost while Redis is away: the count of what was said shows it, and all is said on its return.
    this.#redis.publishChannel(this.#key(name), JSON.stringify(word)).catch(() => undefined);
  }

  #hear(name: string, message: Buffer): void {
    const watched = this.#watched.get(name);
    const word = readNodeWord(message);
    if (word === null) {
      this.#log.warn({ channel: name }, 'a presence message of another node could not be read');
      return;
    }
    if (watched === undefined || word.node === this.#node) return;
    if (word.kind === 'ask') {
      if (word.of === null || word.of === this.#node) this.#sayAll(name, watched);
    } else if (word.kind === 'gone') {
      watched.others.delete(word.node);
      watched.channel.dropRemote(word.node);
    } else this.#follow(name, watched, word);
  }

  #follow(name: string, watched: Watched, word: Extract<NodeWord, { said: number }>): void {
    const { node, said } = word;
    const known = watched.others.get(node);
    const isNext =
      word.kind === 'all' || known?.said === (word.kind === 'change' ? said - 1 : said);
    if (!isNext) {
      if (known !== undefined) known.heardAt = this.#clock.now();
      this.#publish(name, { kind: 'ask', node: this.#node, of: node });
      return;
    }
    watched.others.set(node, { said, heardAt: this.#clock.now() });
    if (word.kind === 'all') watched.channel.replaceRemote(node, word.guests, word.people);
    else if (word.kind === 'change') watched.channel.applyRemote(node, word);
  }
}
