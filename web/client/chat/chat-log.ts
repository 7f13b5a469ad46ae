import type { Position } from '../../../platform/protocol/chat/client-messages.ts';
import type { ChatMessage } from '../../../platform/protocol/chat/server-messages.ts';
import type { Line } from './chat-client.ts';

/** What is kept while the newest line is looked at, and while it is not. */
const MOST_FOLLOWING = 300;
const MOST_SCROLLED = 1_500;

type MessageLine = Extract<Line, { kind: 'message' }>;

/** Whose eyes it is read with. */
export interface Reader {
  /** Canonical; null: a guest, whom nobody calls. */
  name: string | null;
  blocked: ReadonlySet<string>;
}

/** The lines of the column: in the order of the log, bounded. */
export class ChatLog {
  #lines: Line[] = [];
  #shown: readonly Line[] = [];
  #isChanged = false;
  #isFollowing = true;
  #notes = 0;
  /** Of the newest notice of a gap. */
  #breakKey: string | null = null;
  reader: Reader = { name: null, blocked: new Set() };
  hasOlder = false;

  /** The same array as long as nothing changed. */
  get lines(): readonly Line[] {
    if (this.#isChanged) this.#shown = this.#lines.slice();
    this.#isChanged = false;
    return this.#shown;
  }

  /** Where the lines begin; null: with nothing of the log. */
  get oldest(): Position | null {
    const first = this.#lines.find(isMessage);
    if (first === undefined) return null;
    return { offset: first.message.offset, epoch: first.key.slice(0, first.key.indexOf('/')) };
  }

  get room(): number {
    return this.#most - this.#lines.length;
  }

  add(messages: readonly ChatMessage[], epoch: string): void {
    for (const message of messages) {
      const line = this.#lineOf(message, epoch);
      if (line !== null) this.#lines.push(line);
    }
    this.#trim();
  }

  addOlder(messages: readonly ChatMessage[], epoch: string): void {
    const older = messages.flatMap((message) => this.#lineOf(message, epoch) ?? []);
    const fitting = older.slice(Math.max(0, older.length - Math.max(0, this.room)));
    // A beginning that was missed is there now.
    const isFound = fitting.length > 0 && this.#lines[0]?.key === this.#breakKey;
    this.#lines = [...fitting, ...this.#lines.slice(isFound ? 1 : 0)];
    this.#isChanged = true;
  }

  /**
   * What was said since is not told any more. Whoever follows begins afresh, and finds it further
   * up; what somebody else is reading stays.
   */
  break(notice: string, at: number): void {
    if (this.#isFollowing) {
      this.#lines = [];
      this.hasOlder = true;
    }
    this.note(notice, at);
    this.#breakKey = this.#lines.at(-1)?.key ?? null;
  }

  note(text: string, at: number): void {
    this.#notes++;
    this.push({ kind: 'notice', key: `notice/${this.#notes}`, at, text });
  }

  /** Unless it is there already. */
  push(line: Exclude<Line, MessageLine>): void {
    if (this.#lines.some(({ key }) => key === line.key)) return;
    this.#lines.push(line);
    this.#trim();
  }

  has(messageId: string): boolean {
    return this.#lines.findLast((line) => isMessage(line) && line.message.id === messageId) != null;
  }

  /** Takes the text away and leaves the place. Returns how many that changed. */
  remove(isGone: (message: ChatMessage) => boolean): number {
    const gone = new Set<string>();
    this.#lines = this.#lines.map((line) => {
      if (!isMessage(line) || line.deleted || !isGone(line.message)) return line;
      gone.add(line.message.id);
      return { ...line, deleted: true, message: { ...line.message, text: '' } };
    });
    if (gone.size === 0) return 0;
    this.#isChanged = true;
    this.#unquote(gone);
    return gone.size;
  }

  /** People blocked from now on: their lines go. */
  hide(): void {
    const { blocked } = this.reader;
    const left = this.#lines.filter(
      (line) => !isMessage(line) || !blocked.has(line.message.author.id),
    );
    if (left.length === this.#lines.length) return;
    this.#lines = left;
    this.#isChanged = true;
  }

  setFollowing(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
    this.#trim();
  }

  get #most(): number {
    return this.#isFollowing ? MOST_FOLLOWING : MOST_SCROLLED;
  }

  #trim(): void {
    this.#isChanged = true;
    const surplus = this.#lines.length - this.#most;
    if (surplus <= 0) return;
    this.#lines.splice(0, surplus);
    this.hasOlder = true;
  }

  #lineOf(message: ChatMessage, epoch: string): MessageLine | null {
    const { name, blocked } = this.reader;
    if (blocked.has(message.author.id)) return null;
    const isCalled =
      name !== null &&
      (message.mentions?.includes(name) === true || message.replyTo?.name.toLowerCase() === name) &&
      message.author.name.toLowerCase() !== name;
    const key = `${epoch}/${message.offset}`;
    return { kind: 'message', key, message, deleted: false, mentionsYou: isCalled };
  }

  /** What was deleted does not live on where it was answered. */
  #unquote(gone: ReadonlySet<string>): void {
    this.#lines = this.#lines.map((line) => {
      if (!isMessage(line) || line.message.replyTo === undefined) return line;
      const { replyTo } = line.message;
      if (!gone.has(replyTo.id)) return line;
      return { ...line, message: { ...line.message, replyTo: { ...replyTo, text: '' } } };
    });
  }
}

const isMessage = (line: Line): line is MessageLine => line.kind === 'message';
