import type { ServerMessage } from '../../../platform/protocol/chat/server-messages.ts';
import { slashCommand, splitSlash } from '../../../platform/protocol/chat/slash-commands.ts';
import type { ChatClient, ChatState, ChatStatus, PageWish, Wished } from './chat-client.ts';
import { ChatStore } from './chat-store.ts';
import { Connection } from './connection.ts';
import type { Heard } from './link.ts';
import { OlderPages } from './older-pages.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { ServerTime } from './server-time.ts';
import { browserSurroundings, type Surroundings } from './surroundings.ts';
import { Timeline } from './timeline.ts';
import { Wishes } from './wishes.ts';

export interface ChatClientOptions {
  channel: string;
  /** Of the server; default: the page's. */
  origin?: string;
  /** Instead of the session cookie. A function is asked again for each line. */
  token?: string | (() => string | null);
  /** Ms to add to this page's clock for the server's, where somebody has measured it. */
  serverOffsetMs?: () => number;
  surroundings?: Surroundings;
}

/** Somebody types for 5 s after they were heard. */
const TYPING_EVERY_MS = 3_000;
const SIGNED_OUT = 'Your sign-in has run out: sign in again to write.';

/** The browser's side of a channel's chat. It connects at once. */
export function createChatClient(options: ChatClientOptions): ChatClient {
  return new PageChat(options);
}

class PageChat implements ChatClient {
  readonly #surroundings: Surroundings;
  readonly #timeline: Timeline;
  readonly #store: ChatStore;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #wishes: Wishes;
  readonly #older: OlderPages;
  readonly #publisher: Publisher;
  /** Null: the page has measured it. */
  readonly #serverTime: ServerTime | null;
  #status: ChatStatus = { kind: 'connecting' };
  #typedAt = 0;

  constructor(options: ChatClientOptions) {
    const { channel, token } = options;
    const surroundings = options.surroundings ?? browserSurroundings();
    const origin = (options.origin ?? location.origin).replace(/\/$/, '');
    const askToken = typeof token === 'function' ? token : () => token ?? null;
    const onChange = () => this.#publisher.publishSoon();
    this.#surroundings = surroundings;
    const { serverOffsetMs } = options;
    this.#serverTime =
      serverOffsetMs === undefined
        ? new ServerTime({ surroundings, origin, onChange: () => this.#timeline.look() })
        : null;
    this.#timeline = new Timeline({
      surroundings,
      serverOffsetMs: serverOffsetMs ?? (() => this.#serverTime?.offsetMs() ?? 0),
      onChange,
    });
    this.#store = new ChatStore(this.#timeline);
    this.#publisher = new Publisher(surroundings, () => this.#draw());
    this.#wishes = new Wishes(surroundings, (message) => this.#connection.send(message));
    this.#connection = new Connection({
      ...{ surroundings, origin, channel, token: askToken },
      position: () => this.#timeline.position,
      hear: (message) => this.#hear(message),
      onStatus: (status) => this.#setStatus(status),
      onTokenOver: () => this.#timeline.note(SIGNED_OUT),
    });
    this.#outbox = new Outbox({
      ...{ surroundings, channel, onChange },
      send: (message) => this.#connection.send(message),
      onSilence: () => this.#connection.distrust(),
    });
    this.#older = new OlderPages({ surroundings, origin, channel, token: askToken });
    this.#connection.start();
  }

  get(): ChatState {
    return this.#publisher.state;
  }

  subscribe(listener: () => void): () => void {
    return this.#publisher.subscribe(listener);
  }

  send(text: string, replyTo?: string): void {
    this.#typedAt = 0;
    this.#outbox.add(text, { replyTo: replyTo ?? null, to: null });
  }

  whisper(user: string, text: string): void {
    this.#outbox.add(text, { replyTo: null, to: user });
  }

  takeBack(id: string): string | null {
    return this.#outbox.takeBack(id);
  }

  typing(): void {
    const now = this.#surroundings.now();
    const isSocket = this.#status.kind === 'live' && this.#status.transport === 'websocket';
    if (!isSocket || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#connection.send({ type: 'typing' });
  }

  async wish(wish: PageWish): Promise<Wished> {
    const wished = await this.#wishes.ask(wish, this.#connection.isUp);
    if (wished.done && wish.type === 'block') this.#block(wish.user, wish.blocked);
    return wished;
  }

  async loadOlder(): Promise<void> {
    await this.#older.load(this.#timeline.log);
    this.#publisher.publishSoon();
  }

  setFollowing(following: boolean): void {
    this.#timeline.log.setFollowing(following);
    this.#publisher.publishSoon();
  }

  setDelay(delayMs: number | null): void {
    if (delayMs === null) this.#serverTime?.stop();
    else this.#serverTime?.start();
    this.#timeline.setDelay(delayMs);
  }

  close(): void {
    this.#connection.close();
    this.#timeline.close();
    this.#serverTime?.stop();
    this.#outbox.pause();
    this.#wishes.lose();
    this.#publisher.close();
  }

  #hear(message: Heard): void {
    this.#store.hear(message);
    switch (message.type) {
      case 'welcome':
        this.#outbox.open({ id: message.you.id, isGuest: message.you.roles.includes('guest') });
        break;
      case 'messages':
        for (const { author, text } of message.items)
          if (author.id === this.#store.facts.you?.id) this.#outbox.release(text);
        break;
      case 'ack':
      case 'done':
      case 'held':
      case 'refused':
        this.#hearAnswer(message);
    }
    if (message.type !== 'beat') this.#publisher.publishSoon();
  }

  #hearAnswer(
    message: Extract<ServerMessage, { type: 'ack' | 'done' | 'held' | 'refused' }>,
  ): void {
    if (message.type === 'done') this.#blockTyped(message.id);
    if (this.#wishes.hear(message) || this.#outbox.hear(message)) return;
    if (message.type === 'refused') this.#outbox.tell(message);
  }

  /** `/block NAME` of the box hides as the button does. */
  #blockTyped(id: string): void {
    const text = this.#outbox.items.find((item) => item.id === id)?.text ?? '';
    const slash = splitSlash(text);
    const wish = slash === null ? null : slashCommand(slash.name)?.parse(slash.rest);
    if (wish?.type === 'block') this.#block(wish.user, wish.blocked);
  }

  #block(user: string, isBlocked: boolean): void {
    this.#store.block(this.#idOf(user), isBlocked);
    this.#publisher.publishSoon();
  }

  /** Of somebody called by id or name: whose words are here, or who is. */
  #idOf(user: string): string {
    const isIt = (one: { id: string; name: string }) =>
      one.id === user || one.name.toLowerCase() === user.toLowerCase();
    const authors = this.#timeline.log.lines.flatMap((line) =>
      line.kind === 'message' ? [line.message.author] : [],
    );
    return [...this.#store.facts.presence.people, ...authors].find(isIt)?.id ?? user;
  }

  #setStatus(status: ChatStatus): void {
    this.#status = status;
    if (status.kind !== 'live') {
      this.#store.disconnect();
      this.#outbox.pause();
      this.#wishes.lose();
    }
    if (status.kind === 'closed') this.#outbox.end('closed', status.reason);
    this.#publisher.publishSoon();
  }

  #draw(): ChatState {
    const { log, shownOffset } = this.#timeline;
    this.#outbox.settle(shownOffset);
    return {
      ...this.#store.facts,
      status: this.#status,
      lines: log.lines,
      hasOlder: log.hasOlder,
      outgoing: this.#outbox.items,
      refused: this.#outbox.refused,
    };
  }
}
