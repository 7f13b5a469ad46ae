import type { ClientMessage, Position } from '../../../platform/protocol/chat/client-messages.ts';
import type {
  ChatMessage,
  ServerMessage,
  ServerMessageOf,
} from '../../../platform/protocol/chat/server-messages.ts';
import { messagesUrl, requestHeaders } from './http-address.ts';
import { failureOf, LinkFailure } from './http-failure.ts';
import type { LinkOptions, Opening } from './link.ts';

const REQUEST_WITHIN_MS = 10_000;

export interface Answer extends Position {
  items: ChatMessage[];
  /** What else happened: frames as on a socket. */
  events?: ServerMessage[];
  resumed: boolean;
}
type FullAnswer = Answer & Omit<Opening, 'type'>;

/** The server's log over plain requests. Everything rejects with LinkFailure. */
export class HttpChat {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closing.abort();
  }

  /** What came after, at the latest after `waitMs`. */
  poll(after: Position, waitMs: number): Promise<Answer> {
    const wait = String(Math.floor(waitMs / 1_000));
    const query = { after: String(after.offset), epoch: after.epoch, wait };
    return this.#get<Answer>(query, waitMs + REQUEST_WITHIN_MS);
  }

  async opening(): Promise<Opening> {
    return { type: 'opening', ...openingOf(await this.#look()) };
  }

  /** As a socket's welcome. Frames of the gap that are no messages come with it. */
  async begin(
    after: Position | null,
  ): Promise<{ welcome: ServerMessageOf<'welcome'>; events: ServerMessage[] }> {
    const gap = after === null ? null : await this.poll(after, 0);
    const now = await this.#look();
    const { items, events = [], offset, epoch, resumed } = gap ?? now;
    const { channel } = this.#options;
    const log = { channel, resumed: gap !== null && resumed, history: items, offset, epoch };
    return { welcome: { type: 'welcome', ...openingOf(now), ...log }, events };
  }

  /** What is sent answers as on a socket; null: with nothing. */
  async post(message: ClientMessage): Promise<ServerMessage | null> {
    const answer = await this.#fetch(messagesUrl(this.#options), REQUEST_WITHIN_MS, {
      method: 'POST',
      headers: { ...requestHeaders(this.#options), 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    if (answer.status === 204) return null;
    if (answer.status === 401) throw await failureOf(answer);
    const body: unknown = await answer.json().catch(() => null);
    if (typeof body !== 'object' || body === null || !('type' in body))
      throw new LinkFailure({ kind: 'unreachable' });
    const id = 'id' in message ? message.id : undefined;
    return { ...(id !== undefined && { id }), ...body } as ServerMessage;
  }

  /** An endless answer; its headers come soon. */
  async stream(after: Position): Promise<ReadableStream<Uint8Array>> {
    const query = { after: String(after.offset), epoch: after.epoch };
    const headers = { ...requestHeaders(this.#options), accept: 'text/event-stream' };
    const answer = await this.#fetch(messagesUrl(this.#options, query), null, { headers });
    if (!answer.ok) throw await failureOf(answer);
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
    if (isStream !== true || answer.body === null) throw new LinkFailure({ kind: 'unfit' });
    return answer.body;
  }

  #look(): Promise<FullAnswer> {
    return this.#get<FullAnswer>({}, REQUEST_WITHIN_MS);
  }

  async #get<A>(query: Record<string, string>, withinMs: number): Promise<A> {
    const headers = { ...requestHeaders(this.#options), accept: 'application/json' };
    const answer = await this.#fetch(messagesUrl(this.#options, query), withinMs, { headers });
    if (!answer.ok) throw await failureOf(answer);
    return answer.json().catch(() => {
      throw new LinkFailure({ kind: 'unreachable' });
    });
  }

  async #fetch(url: string, withinMs: number | null, init: RequestInit): Promise<Response> {
    const { signal } = this.#closing;
    const limited =
      withinMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    try {
      return await this.#options.surroundings.fetch(url, {
        ...init,
        signal: limited,
        cache: 'no-store',
      });
    } catch {
      throw new LinkFailure({ kind: 'unreachable' });
    }
  }
}

const openingOf = ({ you, modes, pinned, presence }: FullAnswer): Omit<Opening, 'type'> => ({
  ...{ you, modes, pinned, presence },
});
