import { z } from 'zod';
import type { Draft, Entry, EntryKind } from './broker.ts';
import { toEntry } from './entry.ts';
import type { Stretch } from './log-messages.ts';

/** An entry as Redis has it: a line that says what it is, and its body. */
export type Recorded = Omit<Draft, 'clientId'>;

export const toRecord = ({ kind, id, author, at, body }: Recorded): string =>
  `${JSON.stringify([kind, id, author, at])}\n${body}`;

const line = z.tuple([z.string(), z.string(), z.string(), z.number()]);

export function fromRecord(record: string): Recorded {
  const end = record.indexOf('\n');
  const [kind, id, author, at] = line.parse(JSON.parse(record.slice(0, end)));
  // A newer version's node may write a kind that is not known here.
  return { kind: kind as EntryKind, id, author, at, body: record.slice(end + 1) };
}

/** What is pushed: epoch, offset and record. */
export function fromPush(message: string): { epoch: string; entry: Entry } {
  const first = message.indexOf(' ');
  const second = message.indexOf(' ', first + 1);
  const offset = Number(message.slice(first + 1, second));
  const entry = toEntry(fromRecord(message.slice(second + 1)), offset);
  return { epoch: message.slice(0, first), entry };
}

const readAnswer = z.tuple([
  z.string(),
  z.number(),
  z.number(),
  z.array(z.tuple([z.string(), z.array(z.string())])),
]);

/** Of the script that reads. */
export function toStretch(answer: unknown): Stretch & { follows: boolean } {
  const [epoch, offset, follows, rows] = readAnswer.parse(answer);
  const entries = rows.map(([place, fields]) =>
    toEntry(fromRecord(fields[7] ?? ''), Number.parseInt(place, 10)),
  );
  return {
    epoch,
    offset,
    follows: follows === 1,
    entries: follows === 1 ? entries : entries.reverse(),
  };
}
