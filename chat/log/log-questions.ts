import type { AppError } from '../../platform/errors.ts';
import type { Published } from './broker.ts';
import { chatUnavailable } from './chat-unavailable.ts';
import type { FromLogWorker, Stretch } from './log-messages.ts';

export type Answer = Stretch | Published | null;

/** What was asked of the thread that keeps the log, and is not answered yet. */
export class LogQuestions {
  readonly #open = new Map<number, PromiseWithResolvers<Answer>>();
  #next = 0;

  add(): { id: number; answer: Promise<Answer> } {
    const id = this.#next++;
    const open = Promise.withResolvers<Answer>();
    this.#open.set(id, open);
    return { id, answer: open.promise };
  }

  settle(message: Extract<FromLogWorker, { type: 'answer' | 'no_answer' }>): void {
    const open = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.type === 'answer') open?.resolve(message.answer);
    else open?.reject(chatUnavailable(new Error(message.reason)));
  }

  rejectAll(cause: AppError): void {
    for (const open of this.#open.values()) open.reject(cause);
    this.#open.clear();
  }
}
