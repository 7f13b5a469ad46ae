import type { Entry } from './broker.ts';

/** What of a `deleted` or `cleared` frame says which messages it takes away. */
interface Removal {
  messages?: string[];
  user?: string;
}

/**
 * Which earlier messages an entry takes away; null: none. The frames are ours, written by the
 * commands, so their shape is not checked again.
 */
export function hiddenBy(entry: Entry): ((other: Entry) => boolean) | null {
  if (entry.kind !== 'deleted' && entry.kind !== 'cleared') return null;
  const removal: Removal = JSON.parse(entry.json);
  if (entry.kind === 'deleted') {
    const ids = new Set(removal.messages ?? []);
    return (other) => other.kind === 'message' && ids.has(other.id);
  }
  const { user } = removal;
  return (other) =>
    other.kind === 'message' &&
    other.offset < entry.offset &&
    (user === undefined || other.author === user);
}
