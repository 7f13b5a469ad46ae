import type { OutboxItem } from './outbox.ts';
import type { Surroundings } from './surroundings.ts';

/** Letters; storage of a tab holds about 5 million for everything. */
const MOST_LETTERS = 200_000;

interface Unsent {
  items: readonly OutboxItem[];
  /** Id of the person who wrote it. */
  writer: string | null;
}

const keyOf = (channel: string): string => `footlight.chat.unsent.${channel}`;

/** What a page before this one in the same tab left. */
export function loadUnsent(storage: Surroundings['storage'], channel: string): Unsent {
  try {
    const unsent: unknown = JSON.parse(storage?.getItem(keyOf(channel)) ?? 'null');
    if (isUnsent(unsent)) return unsent;
  } catch {
    // Blocked, or written by something else.
  }
  return { items: [], writer: null };
}

/** What the server has is not kept here. */
export function saveUnsent(
  storage: Surroundings['storage'],
  channel: string,
  unsent: Unsent,
): void {
  const items = unsent.items
    .filter(({ state }) => state !== 'kept' && state !== 'held')
    .map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item));
  try {
    const text = JSON.stringify({ ...unsent, items });
    if (items.length === 0) storage?.removeItem(keyOf(channel));
    else if (text.length <= MOST_LETTERS) storage?.setItem(keyOf(channel), text);
  } catch {
    // Full or blocked: it lives as long as the page then.
  }
}

function isUnsent(value: unknown): value is Unsent {
  if (typeof value !== 'object' || value === null || !('items' in value)) return false;
  const { items } = value;
  return Array.isArray(items) && items.every((item) => typeof item?.text === 'string');
}
