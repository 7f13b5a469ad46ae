import type { Position } from '../../../platform/protocol/chat/client-messages.ts';
import type { ServerMessageOf } from '../../../platform/protocol/chat/server-messages.ts';
import { openFallbackLink } from './fallback-link.ts';
import type { Answer, HttpChat } from './http-chat.ts';
import { LinkFailure } from './http-failure.ts';
import type { Heard, Link, LinkOptions } from './link.ts';

const SHORT_EVERY_MS = 2_000;
/** Silence of 25 s is taken for a broken line. */
const LONGEST_WAIT_MS = 20_000;
/** Shorter, and asking now and then is as good. */
const SHORTEST_WAIT_MS = 3_000;

export const openLongPollingLink = (options: LinkOptions): Link =>
  openFallbackLink(options, {
    transport: 'long-polling',
    listen: (http, hear) => new Poller(options, http, hear).listenLong(),
  });

export const openShortPollingLink = (options: LinkOptions): Link =>
  openFallbackLink(options, {
    transport: 'short-polling',
    listen: (http, hear) => new Poller(options, http, hear).listenShort(),
  });

class Poller {
  readonly #options: LinkOptions;
  readonly #http: HttpChat;
  readonly #hear: (message: Heard) => void;

  constructor(options: LinkOptions, http: HttpChat, hear: (message: Heard) => void) {
    this.#options = options;
    this.#http = http;
    this.#hear = hear;
  }

  async listenShort(): Promise<never> {
    const { surroundings } = this.#options;
    const welcome = await this.#begin();
    let position: Position = welcome;
    for (;;) {
      await new Promise<void>((resolve) => {
        surroundings.after(SHORT_EVERY_MS, resolve);
      });
      position = this.#tell(await this.#http.poll(position, 0), welcome);
    }
  }

  async listenLong(): Promise<never> {
    const { surroundings } = this.#options;
    const welcome = await this.#begin();
    let position: Position = welcome;
    let waitMs = LONGEST_WAIT_MS;
    for (;;) {
      const askedAt = surroundings.now();
      try {
        position = this.#tell(await this.#http.poll(position, waitMs), welcome);
      } catch (error) {
        waitMs = shorterWait(error, surroundings.now() - askedAt);
      }
    }
  }

  async #begin(): Promise<ServerMessageOf<'welcome'>> {
    const { welcome, events } = await this.#http.begin(this.#options.after);
    this.#hear(welcome);
    for (const event of events) this.#hear(event);
    return welcome;
  }

  #tell(answer: Answer, welcome: ServerMessageOf<'welcome'>): Position {
    const { items, events = [], offset, epoch, resumed } = answer;
    if (resumed) this.#hear({ type: 'messages', items });
    else this.#hear({ ...welcome, resumed, history: items, offset, epoch });
    for (const event of events) this.#hear(event);
    return { offset, epoch };
  }
}

/** Something between cuts requests that last: shorter ones may pass. */
function shorterWait(error: unknown, heldMs: number): number {
  const isCut = error instanceof LinkFailure && error.end.kind === 'unreachable';
  if (!isCut || heldMs < 2 * SHORTEST_WAIT_MS) throw error;
  return heldMs / 2;
}
