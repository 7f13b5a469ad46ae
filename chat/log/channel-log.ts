import { AppError } from '../../platform/errors.ts';
import type { Broker, Entry, LogSlice, Position, Subscription } from './broker.ts';
import { LogWindow } from './log-window.ts';

/** More entries than this in between, and a client starts afresh. */
export const LONGEST_GAP = 1_000;
/** Of these the newest messages that are still there are a fresh history. */
const FRESH_ENTRIES = 200;
/** So often is read again when more came meanwhile than the window keeps. */
const MOST_READS = 3;

export interface ChannelLogListener {
  /** Called before the window has them. */
  onEntries(entries: Entry[]): void;
  onReset(): void;
  /** The offset up to which everybody here has been told. */
  toldOffset(): number;
}

/** A channel's log on this node: what is heard of it, kept for a while, and read where it is not. */
export class ChannelLog {
  readonly channel: string;
  readonly window: LogWindow;
  readonly #broker: Broker;
  readonly #subscription: Subscription;

  private constructor(made: {
    channel: string;
    window: LogWindow;
    broker: Broker;
    subscription: Subscription;
  }) {
    this.channel = made.channel;
    this.window = made.window;
    this.#broker = made.broker;
    this.#subscription = made.subscription;
  }

  /** Subscribes. Everything from then on reaches the window, and then `listener`. */
  static async open(
    broker: Broker,
    channel: string,
    listener: ChannelLogListener,
  ): Promise<ChannelLog> {
    let window: LogWindow | null = null;
    let early: Entry[] = [];
    const onEntries = (entries: Entry[]) => {
      if (window === null) {
        early.push(...entries);
        return;
      }
      const news = entries.filter((entry) => entry.offset > (window?.newest ?? 0));
      if (news.length === 0) return;
      window.append(news, listener.toldOffset());
      listener.onEntries(news);
    };
    const onReset = (position: Position) => {
      early = [];
      window?.reset(position);
      if (window !== null) listener.onReset();
    };
    const subscription = await broker.subscribe(channel, onEntries, onReset);
    window = new LogWindow(subscription.position);
    const log = new ChannelLog({ channel, window, broker, subscription });
    window.append(
      early.filter((entry) => entry.offset > subscription.position.offset),
      subscription.position.offset,
    );
    return log;
  }

  /**
   * What comes after a position, or the newest entries. It reaches at least as far back as the
   * window does, so that what the window hears next follows on it without a gap.
   *
   * @throws AppError `chat_unavailable`
   */
  async sliceAfter(after: Position | null): Promise<LogSlice> {
    const { window } = this;
    if (after !== null && after.epoch === window.epoch) {
      const { newest, start, epoch } = window;
      const isHere = after.offset >= start && after.offset <= newest;
      if (isHere) {
        const entries = window.slice(after.offset, newest);
        return { entries, offset: newest, epoch, resumed: true };
      }
    }
    for (let read = 0; read < MOST_READS; read++) {
      const limit = after === null ? FRESH_ENTRIES : LONGEST_GAP;
      const slice = await this.#broker.read(this.channel, { after, limit });
      if (slice.epoch === window.epoch && slice.offset >= window.start) return slice;
    }
    throw new AppError({
      code: 'chat_unavailable',
      message: 'This chat is too busy to join it just now: try again in a moment.',
      status: 503,
      retryable: true,
    });
  }

  /** The newest entries of before an offset. */
  async newestBefore(offset: number): Promise<Entry[]> {
    const limit = FRESH_ENTRIES + LONGEST_GAP;
    const { entries } = await this.#broker.read(this.channel, { after: null, limit });
    return entries.filter((entry) => entry.offset <= offset);
  }

  close(): void {
    this.#subscription.close();
  }
}
