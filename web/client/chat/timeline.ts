import type { Position } from '../../../platform/protocol/chat/client-messages.ts';
import type { ChatMessage } from '../../../platform/protocol/chat/server-messages.ts';
import { ChatLog } from './chat-log.ts';
import { HeldBack } from './held-back.ts';
import type { Surroundings } from './surroundings.ts';

const MISSED = 'Some messages were missed.';
const CLEARED = 'The chat was cleared.';

export interface TimelineOptions {
  surroundings: Pick<Surroundings, 'now' | 'after'>;
  /** Ms to add to the page's clock for the server's. */
  serverOffsetMs(): number;
  onChange(): void;
}

interface Beginning extends Position {
  resumed: boolean;
  history: readonly ChatMessage[];
  removed?: readonly string[] | undefined;
}

/** What was said, without a repeat or a hole, and when it is shown. */
export class Timeline {
  readonly log = new ChatLog();
  readonly #options: TimelineOptions;
  readonly #heldBack = new HeldBack();
  #position: Position | null = null;
  #cancelDue = () => {};

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  /** Up to where everything has been heard; null: nothing yet. */
  get position(): Position | null {
    return this.#position;
  }

  /** Up to where everything that was heard is on the screen. */
  get shownOffset(): number {
    const first = this.#heldBack.firstOffset;
    return first === null ? (this.#position?.offset ?? 0) : first - 1;
  }

  begin(beginning: Beginning): void {
    const { resumed, history, offset, epoch } = beginning;
    const before = this.#position;
    if (!resumed && before !== null) this.#meet(beginning, before);
    else if (before === null) this.log.hasOlder = (history[0]?.offset ?? 0) > 1;
    if (before === null || before.epoch !== epoch) this.#position = { offset: 0, epoch };
    this.remove(new Set(beginning.removed));
    this.add(history);
    this.reach(offset);
  }

  /** What was heard already is left out. */
  add(messages: readonly ChatMessage[]): void {
    const heard = this.#position?.offset ?? 0;
    const news = messages.filter((message) => message.offset > heard);
    const last = news.at(-1);
    if (last === undefined) return;
    this.reach(last.offset);
    this.#heldBack.add(news);
    this.#showDue();
  }

  /** Everything up to here has been heard. */
  reach(offset: number): void {
    if (this.#position === null || offset <= this.#position.offset) return;
    this.#position = { ...this.#position, offset };
  }

  remove(ids: ReadonlySet<string>): void {
    if (ids.size > 0) this.#removeWhere(({ id }) => ids.has(id));
  }

  /** @param user null: everybody's */
  clear(offset: number, user: string | null): void {
    const gone = this.#removeWhere(
      (message) => message.offset <= offset && (user === null || message.author.id === user),
    );
    if (gone > 0 && user === null) this.note(CLEARED);
  }

  hide(): void {
    const { blocked } = this.log.reader;
    this.#heldBack.remove(({ author }) => blocked.has(author.id));
    this.log.hide();
  }

  note(text: string): void {
    this.log.note(text, this.#options.surroundings.now());
  }

  setDelay(delayMs: number | null): void {
    if (this.#heldBack.delayMs === delayMs) return;
    this.#heldBack.delayMs = delayMs;
    this.#showDue();
  }

  /** The clock is another one: what is due is, too. */
  look(): void {
    this.#showDue();
  }

  close(): void {
    this.#cancelDue();
  }

  /** There is no way on from where it was: is anything missing between? */
  #meet({ history, epoch }: Beginning, before: Position): void {
    const { log } = this;
    const [first] = history;
    const isSameLog = before.epoch === epoch;
    const overlaps = isSameLog && first !== undefined && first.offset <= before.offset + 1;
    if (overlaps) {
      const there = new Set(history.map(({ id }) => id));
      this.#removeWhere(({ offset, id }) => offset >= first.offset && !there.has(id));
      return;
    }
    this.#heldBack.clear();
    const isMissing = first !== undefined && log.lines.length > 0;
    if (isMissing) log.break(MISSED, this.#options.surroundings.now());
  }

  #removeWhere(isGone: (message: ChatMessage) => boolean): number {
    return this.#heldBack.remove(isGone) + this.log.remove(isGone);
  }

  #showDue(): void {
    this.#cancelDue();
    const { surroundings, serverOffsetMs, onChange } = this.#options;
    const serverNow = surroundings.now() + serverOffsetMs();
    const { due, nextInMs } = this.#heldBack.takeDue(serverNow);
    if (due.length > 0) {
      this.log.add(due, this.#position?.epoch ?? '');
      onChange();
    }
    if (nextInMs === null) return;
    const cancel = surroundings.after(Math.max(nextInMs, 1), () => this.#showDue());
    this.#cancelDue = cancel;
  }
}
