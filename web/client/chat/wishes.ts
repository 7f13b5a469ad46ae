import type { ClientMessage } from '../../../platform/protocol/chat/client-messages.ts';
import type { ServerMessage } from '../../../platform/protocol/chat/server-messages.ts';
import type { PageWish, Wished } from './chat-client.ts';
import type { Surroundings } from './surroundings.ts';

const ANSWER_WITHIN_MS = 15_000;
const MOST_WAITING = 50;

const NO_LINE: Wished = {
  done: false,
  code: 'not_connected',
  reason: 'There is no line to the chat just now: try again when it is back.',
};
const LOST: Wished = {
  done: false,
  code: 'connection_lost',
  reason: 'The line to the chat broke before the answer came: see whether it is done.',
};

/** What was asked with a button, until it is answered. Not asked again: it may be done already. */
export class Wishes {
  readonly #surroundings: Pick<Surroundings, 'newId' | 'after'>;
  readonly #send: (message: ClientMessage) => void;
  readonly #waiting = new Map<string, (wished: Wished) => void>();

  constructor(
    surroundings: Pick<Surroundings, 'newId' | 'after'>,
    send: (message: ClientMessage) => void,
  ) {
    this.#surroundings = surroundings;
    this.#send = send;
  }

  ask(wish: PageWish, isUp: boolean): Promise<Wished> {
    if (!isUp || this.#waiting.size >= MOST_WAITING) return Promise.resolve(NO_LINE);
    const id = this.#surroundings.newId();
    return new Promise((resolve) => {
      const cancel = this.#surroundings.after(ANSWER_WITHIN_MS, () => answer(LOST));
      const answer = (wished: Wished) => {
        cancel();
        this.#waiting.delete(id);
        resolve(wished);
      };
      this.#waiting.set(id, answer);
      this.#send({ ...wish, id });
    });
  }

  /** Returns whether it was the answer to one of these. */
  hear(message: Extract<ServerMessage, { type: 'ack' | 'done' | 'held' | 'refused' }>): boolean {
    const answer = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (answer === undefined) return false;
    if (message.type === 'refused')
      answer({ done: false, code: message.code, reason: message.reason });
    else answer({ done: true });
    return true;
  }

  lose(): void {
    for (const answer of [...this.#waiting.values()]) answer(LOST);
  }
}
