import type { ClientMessage } from '../../../platform/protocol/chat/client-messages.ts';
import type { ServerMessage } from '../../../platform/protocol/chat/server-messages.ts';
import type { Outgoing, Refused } from './chat-client.ts';
import { loadUnsent, saveUnsent } from './outbox-storage.ts';
import type { Surroundings } from './surroundings.ts';

export const MOST_OUTGOING = 20;
/** Without an answer for so long, the way there is taken for broken. */
const ANSWER_WITHIN_MS = 15_000;
/** A server that cannot just now is asked again for so long. */
const TRIES_FOR_MS = 120_000;
const RETRY_MS = 2_000;
/** Refusals of the moment: nothing about the text. */
const OF_THE_MOMENT = new Set([
  'chat_unavailable',
  'internal',
  'too_much_at_once',
  'requests_too_many',
]);

/** What is typed, with what is known of its way. */
export interface OutboxItem extends Outgoing {
  writtenAt: number;
  /** Of its message in the log. */
  offset: number | null;
}

export interface OutboxOptions {
  surroundings: Surroundings;
  channel: string;
  send(message: ClientMessage): void;
  /** The way there swallows what is sent. */
  onSilence(): void;
  onChange(): void;
}

type Answer = Extract<ServerMessage, { type: 'ack' | 'done' | 'held' | 'refused' }>;

/**
 * What this page wants said, in the order it was written, one after the other: kept until it was
 * answered, over reconnections and reloads. The server shows an id once, however often it comes.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #items: readonly OutboxItem[];
  #isOpen = false;
  #cancelWait = () => {};
  #pausedUntil = 0;
  #refusals = 0;
  /** Nothing is sent any more. */
  #ended: { code: string; reason: string } | null = null;
  refused: Refused | null = null;
  /** Whose words those are that were loaded; null: not known. */
  #writer: string | null;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { items, writer } = loadUnsent(options.surroundings.storage, options.channel);
    this.#items = items;
    this.#writer = writer;
  }

  /** The same array as long as nothing changed. */
  get items(): readonly Outgoing[] {
    return this.#items;
  }

  add(text: string, to: { replyTo: string | null; to: string | null }): void {
    const { surroundings } = this.#options;
    const id = surroundings.newId();
    const isFull = this.#items.length >= MOST_OUTGOING;
    // What waits for a moderator is with the server: the page need not remember it.
    const forgotten = isFull ? this.#items.find(({ state }) => state === 'held') : undefined;
    if (isFull && forgotten === undefined) {
      const reason = 'Too much is waiting to be sent: wait until it is, or take some of it back.';
      this.#tellRefusal({ code: 'too_many_waiting', reason, text, id: null });
      this.#options.onChange();
      return;
    }
    const item: OutboxItem = {
      ...{ id, text, ...to, state: 'waiting', reason: null },
      ...{ writtenAt: surroundings.now(), offset: null },
    };
    this.#set([...this.#items.filter((one) => one !== forgotten), item]);
    if (this.#ended !== null) this.#refuseAll(this.#ended.code, this.#ended.reason);
    this.#pump();
  }

  takeBack(id: string): string | null {
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined || item.state === 'sending' || item.state === 'kept') return null;
    this.#set(this.#items.filter((one) => one !== item));
    return item.text;
  }

  /** The line is up, as this person. */
  open(you: { id: string; isGuest: boolean }): void {
    const isOther = this.#writer !== null && this.#writer !== you.id && !you.isGuest;
    if (isOther) this.#refuseAll('other_writer', 'You wrote this under another name.');
    if (!you.isGuest) this.#writer = you.id;
    this.#isOpen = true;
    this.#pump();
  }

  /** The line broke: what was on its way is sent again on the next one. */
  pause(): void {
    this.#isOpen = false;
    this.#cancelWait();
    if (this.#items.some(({ state }) => state === 'sending'))
      this.#set(
        this.#items.map((item) => (item.state === 'sending' ? withState(item, 'waiting') : item)),
      );
  }

  /** There is no next line. */
  end(code: string, reason: string): void {
    this.pause();
    this.#ended = { code, reason };
    this.#refuseAll(code, reason);
  }

  /** Returns whether it was about something of here. */
  hear(answer: Answer): boolean {
    const item = this.#items.find(({ id }) => id === answer.id);
    if (item === undefined) return false;
    if (item.state === 'sending') this.#cancelWait();
    switch (answer.type) {
      case 'ack':
        this.#replace(item, { ...withState(item, 'kept'), offset: answer.offset });
        break;
      case 'done':
        this.#set(this.#items.filter((one) => one !== item));
        break;
      case 'held':
        this.#replace(item, { ...withState(item, 'held'), reason: answer.reason });
        break;
      case 'refused':
        this.#hearRefusal(item, answer);
    }
    this.#pump();
    return true;
  }

  /** A refusal that is about nothing typed. */
  tell({ code, reason, retryAfterMs }: Extract<Answer, { type: 'refused' }>): void {
    this.#tellRefusal({ code, reason, text: null, id: null }, retryAfterMs);
  }

  /** What is on the screen now needs no place here. */
  settle(shownOffset: number): void {
    const isShown = ({ offset }: OutboxItem) => offset !== null && offset <= shownOffset;
    if (this.#items.some(isShown)) this.#set(this.#items.filter((item) => !isShown(item)));
  }

  /** A moderator let it through. */
  release(text: string): void {
    const item = this.#items.find((one) => one.state === 'held' && one.text.trim() === text);
    if (item !== undefined) this.#set(this.#items.filter((one) => one !== item));
  }

  #pump(): void {
    const { surroundings, send, onSilence } = this.#options;
    if (!this.#isOpen || this.#items.some(({ state }) => state === 'sending')) return;
    const next = this.#items.find(({ state }) => state === 'waiting');
    if (next === undefined) return;
    this.#cancelWait();
    const pauseMs = this.#pausedUntil - surroundings.now();
    if (pauseMs > 0) {
      this.#cancelWait = surroundings.after(pauseMs, () => this.#pump());
      return;
    }
    this.#replace(next, withState(next, 'sending'));
    this.#cancelWait = surroundings.after(ANSWER_WITHIN_MS, onSilence);
    send(toMessage(next));
  }

  #hearRefusal(item: OutboxItem, answer: Extract<Answer, { type: 'refused' }>): void {
    const { code, reason, retryAfterMs } = answer;
    const now = this.#options.surroundings.now();
    if (OF_THE_MOMENT.has(code) && now - item.writtenAt < TRIES_FOR_MS) {
      this.#pausedUntil = now + (retryAfterMs ?? RETRY_MS);
      this.#replace(item, withState(item, 'waiting'));
      return;
    }
    this.#replace(item, { ...withState(item, 'refused'), reason });
    this.#tellRefusal({ code, reason, text: item.text, id: item.id }, retryAfterMs);
  }

  #refuseAll(code: string, reason: string): void {
    for (const item of this.#items) {
      if (item.state !== 'waiting') continue;
      this.#replace(item, { ...withState(item, 'refused'), reason });
      this.#tellRefusal({ code, reason, text: item.text, id: item.id });
    }
  }

  #tellRefusal(
    told: Pick<Refused, 'code' | 'reason' | 'text' | 'id'>,
    retryAfterMs?: number,
  ): void {
    this.#refusals++;
    const now = this.#options.surroundings.now();
    const retryAt = retryAfterMs === undefined ? null : now + retryAfterMs;
    this.refused = { ...told, count: this.#refusals, retryAt };
  }

  #replace(before: OutboxItem, now: OutboxItem): void {
    this.#set(this.#items.map((item) => (item.id === before.id ? now : item)));
  }

  #set(items: readonly OutboxItem[]): void {
    const { surroundings, channel, onChange } = this.#options;
    this.#items = items;
    saveUnsent(surroundings.storage, channel, { items, writer: this.#writer });
    onChange();
  }
}

const withState = (item: OutboxItem, state: Outgoing['state']): OutboxItem => ({
  ...item,
  state,
  reason: null,
});

function toMessage({ id, text, replyTo, to }: OutboxItem): ClientMessage {
  if (to !== null) return { type: 'whisper', id, user: to, text };
  return { type: 'send', id, text, ...(replyTo !== null && { replyTo }) };
}
