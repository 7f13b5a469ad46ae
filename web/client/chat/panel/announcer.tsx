import { useEffect, useState } from 'react';
import type { Line } from '../chat-client.ts';
import { usePanel } from './panel-context.ts';

const EVERY_MS = 1_000;
/** More in a second is a flood, which is told as a number now and then. */
const MOST_READ = 3;
const FLOOD_EVERY_MS = 15_000;

/** Reads new lines to screen readers, one polite sentence at a time. */
export function Announcer() {
  const { client } = usePanel();
  const [sentence, setSentence] = useState('');
  useEffect(() => {
    const reader = new Reader(client.get().lines);
    const leave = client.subscribe(() => reader.hear(client.get().lines));
    const timer = window.setInterval(() => {
      const next = reader.read(performance.now());
      if (next !== null) setSentence(next);
    }, EVERY_MS);
    return () => {
      leave();
      window.clearInterval(timer);
    };
  }, [client]);
  return (
    <p className="visually-hidden" role="status">
      {sentence}
    </p>
  );
}

/** What is said of lines: each while there are few, their number while there are many. */
export class Reader {
  #lastKey: string | undefined;
  #waiting: Line[] = [];
  #unread = 0;
  #quietUntil = 0;
  /** False until the history is there, which nobody wants to hear. */
  #begun: boolean;

  constructor(lines: readonly Line[]) {
    this.#lastKey = lines.at(-1)?.key;
    this.#begun = lines.length > 0;
  }

  hear(lines: readonly Line[]): void {
    const at = lines.findLastIndex(({ key }) => key === this.#lastKey);
    this.#lastKey = lines.at(-1)?.key;
    if (!this.#begun) {
      this.#begun = lines.length > 0;
      return;
    }
    const fresh = lines.slice(at + 1).filter(({ kind }) => kind !== 'action');
    this.#unread += fresh.length;
    this.#waiting = [...this.#waiting, ...fresh].slice(-MOST_READ);
  }

  /** The next sentence; null: nothing is to be said now. Called once a second. */
  read(now: number): string | null {
    const count = this.#unread;
    if (count === 0 || now < this.#quietUntil) return null;
    const lines = this.#waiting;
    this.#unread = 0;
    this.#waiting = [];
    if (count <= MOST_READ) return lines.map(sentenceOf).join('. ');
    this.#quietUntil = now + FLOOD_EVERY_MS;
    return `${count} new messages`;
  }
}

function sentenceOf(line: Line): string {
  switch (line.kind) {
    case 'message':
      return `${line.message.author.name}: ${line.message.text}`;
    case 'whisper':
      return `Whisper from ${line.whisper.from.name}: ${line.whisper.text}`;
    case 'notice':
      return line.text;
    case 'action':
      return '';
    default:
      return line satisfies never;
  }
}
