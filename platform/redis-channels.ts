import { Cluster, type Redis } from 'ioredis';
import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

export interface ChannelSubscription {
  /** Resolves when Redis has confirmed it: nothing published from then on is missed. Never rejects. */
  readonly confirmed: Promise<void>;
  end(): void;
}

type Listener = (message: Buffer) => void;

interface Channel {
  listeners: Set<Listener>;
  state: 'wanted' | 'confirmed';
  confirmation: PromiseWithResolvers<void>;
}

const RETRY_MS = 250;
const MOST_NAMES_A_COMMAND = 500;

/**
 * The channels this process listens to. Each is subscribed once; after a broken connection all
 * are subscribed anew, and only then those who must catch up are told.
 */
export class RedisChannels {
  readonly #client: Redis | Cluster;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #channels = new Map<string, Channel>();
  readonly #reconnectListeners = new Set<() => void>();
  #cancelRetry: (() => void) | null = null;
  /** Channels were lost since those who must catch up were last told. */
  #missed = false;
  /** Counts the connections, so that a confirmation of an earlier one is not taken for now. */
  #generation = 0;
  #closed = false;

  constructor(client: Redis | Cluster, options: { clock: Clock; log: Log }) {
    this.#client = client;
    this.#clock = options.clock;
    this.#log = options.log;
    const onMessage = (name: Buffer, message: Buffer) => this.#deliver(name.toString(), message);
    if (client instanceof Cluster) {
      client.on('smessageBuffer', onMessage);
      client.on('subscribersReady', () => this.#subscribeAnew());
    } else {
      client.on('messageBuffer', onMessage);
      client.on('close', () => this.#lose());
    }
    client.on('ready', () => this.#subscribeAnew());
  }

  get allConfirmed(): boolean {
    return [...this.#channels.values()].every((channel) => channel.state === 'confirmed');
  }

  subscribe(name: string, listener: Listener): ChannelSubscription {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = {
        listeners: new Set(),
        state: 'wanted',
        confirmation: Promise.withResolvers<void>(),
      };
      this.#channels.set(name, channel);
      void this.#confirm([name]);
    }
    // A listener given twice is two listeners.
    const own: Listener = (message) => listener(message);
    channel.listeners.add(own);
    return { confirmed: channel.confirmation.promise, end: () => this.#leave(name, own) };
  }

  onReconnect(listener: () => void): () => void {
    const own = () => listener();
    this.#reconnectListeners.add(own);
    return () => this.#reconnectListeners.delete(own);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    for (const channel of this.#channels.values()) channel.confirmation.resolve();
    this.#channels.clear();
    this.#reconnectListeners.clear();
  }

  #leave(name: string, listener: Listener): void {
    const channel = this.#channels.get(name);
    if (channel === undefined || !channel.listeners.delete(listener)) return;
    if (channel.listeners.size > 0) return;
    this.#channels.delete(name);
    channel.confirmation.resolve();
    // Away: nothing is subscribed there anyway, and a name that is not wanted is not asked for again.
    this.#send('unsubscribe', [name]).catch(() => undefined);
  }

  #deliver(name: string, message: Buffer): void {
    for (const listener of this.#channels.get(name)?.listeners ?? []) {
      this.#guarded('redis channel listener failed', () => listener(message));
    }
  }

  #lose(): void {
    this.#generation += 1;
    for (const channel of this.#channels.values()) {
      if (channel.state === 'wanted') continue;
      this.#missed = true;
      channel.state = 'wanted';
      channel.confirmation = Promise.withResolvers<void>();
    }
  }

  #subscribeAnew(): void {
    this.#lose();
    const names = [...this.#channels.keys()];
    if (names.length > 0) void this.#confirm(names);
  }

  async #confirm(names: string[]): Promise<void> {
    const generation = this.#generation;
    const results = await Promise.allSettled(
      this.#batches(names).map(async (batch) => {
        await this.#send('subscribe', batch);
        if (generation !== this.#generation) return;
        for (const name of batch) {
          const channel = this.#channels.get(name);
          if (channel === undefined) continue;
          channel.state = 'confirmed';
          channel.confirmation.resolve();
        }
      }),
    );
    if (this.#closed || generation !== this.#generation) return;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) this.#retryLater(failed.reason);
    if (this.#missed && this.allConfirmed) {
      this.#missed = false;
      for (const listener of this.#reconnectListeners) {
        this.#guarded('catching up after redis was away failed', listener);
      }
    }
  }

  /** When it is away altogether, its return is what begins anew. */
  #retryLater(reason: unknown): void {
    if (this.#client.status !== 'ready' || this.#cancelRetry !== null) return;
    this.#log.warn({ reason: messageOf(reason) }, 'redis channel not subscribed yet');
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      const names = [...this.#channels].flatMap(([name, { state }]) =>
        state === 'wanted' ? [name] : [],
      );
      if (names.length > 0) void this.#confirm(names);
    });
  }

  /** On a cluster the names of one command would have to share a slot. */
  #batches(names: string[]): string[][] {
    const size = this.#client instanceof Cluster ? 1 : MOST_NAMES_A_COMMAND;
    return Array.from({ length: Math.ceil(names.length / size) }, (_, index) =>
      names.slice(index * size, (index + 1) * size),
    );
  }

  async #send(command: 'subscribe' | 'unsubscribe', names: string[]): Promise<void> {
    if (!(this.#client instanceof Cluster)) {
      await this.#client[command](...names);
      return;
    }
    if (command === 'subscribe') {
      // The client keeps a list that grows with every repeated name; leaving first keeps it short.
      await Promise.all([this.#client.sunsubscribe(...names), this.#client.ssubscribe(...names)]);
    } else await this.#client.sunsubscribe(...names);
  }

  #guarded(phrase: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#log.error({ err: error }, phrase);
    }
  }
}
