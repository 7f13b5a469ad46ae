import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Broker, Draft, LogSlice, Position, Published } from './broker.ts';
import { ChannelFeed, type Heard, KEPT_ENTRIES } from './channel-feed.ts';
import { chatFile } from './chat-database.ts';
import { entriesPublished, entriesRepeated } from './chat-metrics.ts';
import { toEntry } from './entry.ts';
import type { Asked, Kept, Question, Stretch } from './log-messages.ts';
import { LogWriter } from './log-writer.ts';

/** Channels without listeners whose newest entries stay in memory. */
const MOST_IDLE_FEEDS = 64;
/** What a feed missed it reads in stretches of so many. */
const MOST_A_READ = 2_500;

export interface EmbeddedBrokerOptions {
  /** Holds the chat database, which is open already. */
  dataDir: string;
  clock: Clock;
  log: Log;
  /** Of the thread; for tests. */
  workerUrl?: URL;
}

/** The broker of one machine: SQLite in a thread of its own. @throws AppError `chat_log_unusable` */
export async function openEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<Broker> {
  const broker = new EmbeddedBroker(options);
  await broker.start();
  return broker;
}

class EmbeddedBroker implements Broker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #writer: LogWriter;
  /** Those used last at the end. */
  readonly #feeds = new Map<string, ChannelFeed>();
  readonly #opening = new Map<string, Promise<ChannelFeed>>();

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    const { dataDir, workerUrl } = options;
    this.#writer = new LogWriter({
      ...options,
      file: chatFile(dataDir),
      onKept: (batch, kept) => this.#distribute(batch, kept),
      onRestarted: () => {
        for (const feed of this.#feeds.values()) feed.refresh();
      },
      ...(workerUrl !== undefined && { workerUrl }),
    });
  }

  start(): Promise<void> {
    return this.#writer.start();
  }

  async publish(channel: string, draft: Draft): Promise<Published> {
    const { offset, id, repeated } = await this.#writer.append({ channel, draft });
    (repeated ? entriesRepeated : entriesPublished).inc();
    return { offset, id, repeated };
  }

  async published(channel: string, author: string, clientId: string): Promise<Published | null> {
    const answer = await this.#writer.ask({ type: 'sent', channel, author, clientId });
    return answer !== null && 'id' in answer ? answer : null;
  }

  async read(channel: string, ask: { after: Position | null; limit: number }): Promise<LogSlice> {
    const feed = await this.#feed(channel);
    return feed.read(ask) ?? (await this.#readStore(channel, ask));
  }

  async subscribe(...[channel, listener, onReset]: Parameters<Broker['subscribe']>) {
    const feed = await this.#feed(channel);
    return feed.subscribe(listener, onReset, () => this.#forgetIdle());
  }

  readiness(): string {
    return this.#writer.ready ? 'ok' : 'restarting';
  }

  async close(): Promise<void> {
    await this.#writer.stop();
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  #distribute(batch: Asked[], kept: Kept[]): void {
    const byChannel = Map.groupBy(
      kept.flatMap((one, index) => {
        const asked = batch[index];
        return asked === undefined || one.repeated ? [] : [{ ...asked, ...one }];
      }),
      (one) => one.channel,
    );
    for (const [channel, ones] of byChannel) {
      const epoch = ones[0]?.epoch ?? '';
      const entries = ones.map(({ draft, offset }) => toEntry(draft, offset));
      this.#feeds.get(channel)?.receive(epoch, entries);
    }
  }

  /** The channel's feed, read in when it is not there. */
  async #feed(channel: string): Promise<ChannelFeed> {
    const known = this.#feeds.get(channel);
    if (known !== undefined) {
      this.#feeds.delete(channel);
      this.#feeds.set(channel, known);
      return known;
    }
    const opening = this.#opening.get(channel) ?? this.#open(channel);
    return await opening;
  }

  #open(channel: string): Promise<ChannelFeed> {
    const opened = this.#stretch({ type: 'newest', channel, limit: KEPT_ENTRIES })
      .then((newest) => {
        const feed = new ChannelFeed(newest, {
          ...this.#options,
          fetch: (heard) => this.#missed(channel, heard),
        });
        this.#feeds.set(channel, feed);
        this.#forgetIdle();
        // What was kept between the answer and this line.
        feed.refresh();
        return feed;
      })
      .finally(() => this.#opening.delete(channel));
    this.#opening.set(channel, opened);
    return opened;
  }

  #missed(channel: string, { offset }: Heard): Promise<Stretch> {
    return this.#stretch({ type: 'after', channel, offset, limit: MOST_A_READ });
  }

  async #readStore(
    channel: string,
    { after, limit }: { after: Position | null; limit: number },
  ): Promise<LogSlice> {
    if (after !== null) {
      const { offset } = after;
      const stretch = await this.#stretch({ type: 'after', channel, offset, limit });
      const isWhole = stretch.offset - offset === stretch.entries.length;
      if (stretch.epoch === after.epoch && isWhole) return { ...stretch, resumed: true };
    }
    return { ...(await this.#stretch({ type: 'newest', channel, limit })), resumed: false };
  }

  async #stretch(question: Question): Promise<Stretch> {
    const answer = await this.#writer.ask(question);
    if (answer === null || !('entries' in answer)) throw new TypeError('no stretch of the log');
    return answer;
  }

  #forgetIdle(): void {
    const idle = [...this.#feeds].filter(([, feed]) => feed.listeners === 0);
    for (const [channel, feed] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE_FEEDS))) {
      feed.close();
      this.#feeds.delete(channel);
    }
  }
}
