import type { Entry, LogSlice } from '../log/broker.ts';
import { hiddenBy } from '../log/hidden.ts';

/** Messages of a fresh start. */
export const HISTORY_MESSAGES = 100;

export interface History {
  /** JSON of the messages, in offset order. */
  items: string[];
  /** Ids of messages of before `after` that are gone since. */
  removed: string[];
}

/**
 * What somebody is given who begins with this slice: of a gap every message that is still there;
 * of a fresh start the newest ones.
 *
 * @param earlier entries of before the gap, to tell which of them went
 */
export function historyOf(slice: LogSlice, earlier: readonly Entry[]): History {
  const hides = slice.entries.flatMap((entry) => hiddenBy(entry) ?? []);
  const isGone = (entry: Entry) => hides.some((hidesIt) => hidesIt(entry));
  const messages = slice.entries.filter(
    (entry) => entry.kind === 'message' && entry.offset <= slice.offset && !isGone(entry),
  );
  const shown = slice.resumed ? messages : messages.slice(-HISTORY_MESSAGES);
  return {
    items: shown.map((entry) => entry.json),
    removed: slice.resumed ? removedBefore(slice, earlier.filter(isGone)) : [],
  };
}

function removedBefore(slice: LogSlice, gone: readonly Entry[]): string[] {
  const named = slice.entries.flatMap((entry): string[] =>
    entry.kind === 'deleted' ? JSON.parse(entry.json).messages : [],
  );
  const inGap = new Set(slice.entries.map((entry) => entry.id));
  const ids = new Set([...named, ...gone.map((entry) => entry.id)]);
  return [...ids].filter((id) => !inGap.has(id));
}

/**
 * For those who see everything later: ends at the last entry of up to `newestAt`. The entries
 * behind it stay, since a deletion among them counts already.
 */
export function dueOnly(slice: LogSlice, newestAt: number): LogSlice {
  const early = slice.entries.find((entry) => entry.at > newestAt);
  return early === undefined ? slice : { ...slice, offset: early.offset - 1 };
}
