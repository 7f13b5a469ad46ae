import type { ChatMessage } from '../../../platform/protocol/chat/server-messages.ts';
import type { ChatLog } from './chat-log.ts';
import { type HttpOptions, messagesUrl, requestHeaders } from './http-address.ts';

type OlderOptions = Omit<HttpOptions, 'token'> & { token: () => string | null };

/** Pages of what was said before the first line, one at a time. */
export class OlderPages {
  readonly #options: OlderOptions;
  #loading: Promise<void> | null = null;

  constructor(options: OlderOptions) {
    this.#options = options;
  }

  load(log: ChatLog): Promise<void> {
    this.#loading ??= this.#load(log).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #load(log: ChatLog): Promise<void> {
    const before = log.oldest;
    if (before === null || !log.hasOlder || log.room <= 0) return;
    const { surroundings } = this.#options;
    const options = { ...this.#options, token: this.#options.token() };
    const query = { before: String(before.offset), epoch: before.epoch };
    const answer = await surroundings.fetch(messagesUrl(options, query), {
      headers: requestHeaders(options),
    });
    if (!answer.ok) return;
    const { items }: { items: ChatMessage[] } = await answer.json();
    // Lines may have gone at the top meanwhile: then there is no way on from this page.
    const isStill = log.oldest?.offset === before.offset && log.oldest.epoch === before.epoch;
    if (!isStill) return;
    if (items.length === 0) log.hasOlder = false;
    else log.addOlder(items, before.epoch);
  }
}
