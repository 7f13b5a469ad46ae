import type { ChatMessage } from '../../../platform/protocol/chat/server-messages.ts';

/** Beyond it the oldest are shown early. */
const MOST_MESSAGES = 3_000;

/** Messages that wait for the picture they were written beside. In the order of the log. */
export class HeldBack {
  #waiting: ChatMessage[] = [];
  /** Ms behind live; null: nothing waits. */
  delayMs: number | null = null;

  get size(): number {
    return this.#waiting.length;
  }

  /** Of the first that waits; null: none. */
  get firstOffset(): number | null {
    return this.#waiting[0]?.offset ?? null;
  }

  add(messages: readonly ChatMessage[]): void {
    for (const message of messages) this.#waiting.push(message);
  }

  /** Those whose picture is on the screen, and how long the next one has to wait. */
  takeDue(serverNow: number): { due: ChatMessage[]; nextInMs: number | null } {
    const { delayMs } = this;
    const isDue = ({ at }: ChatMessage) => delayMs === null || at <= serverNow - delayMs;
    const waits = this.#waiting.findIndex((message) => !isDue(message));
    const surplus = this.#waiting.length - MOST_MESSAGES;
    const count = Math.max(waits === -1 ? this.#waiting.length : waits, surplus);
    const due = this.#waiting.splice(0, count);
    const [next] = this.#waiting;
    const nextInMs = next === undefined ? null : next.at + (delayMs ?? 0) - serverNow;
    return { due, nextInMs };
  }

  /** They are never shown. Returns how many. */
  remove(isGone: (message: ChatMessage) => boolean): number {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((message) => !isGone(message));
    return before - this.#waiting.length;
  }

  clear(): void {
    this.#waiting = [];
  }
}
