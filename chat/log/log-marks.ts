import type { EntryKind } from './broker.ts';

/** What an entry takes away: single messages, or all before it of one person (`''`: everybody's). */
export type Mark = { type: 'removed'; messages: string[] } | { type: 'cleared'; author: string };

/** The bodies are ours, written by the commands; one that says nothing of the kind marks nothing. */
export function markOf({ kind, body }: { kind: EntryKind; body: string }): Mark | null {
  if (kind !== 'deleted' && kind !== 'cleared') return null;
  const { messages, user = '' }: { messages?: unknown; user?: unknown } = JSON.parse(body);
  if (kind === 'cleared') return { type: 'cleared', author: String(user) };
  return { type: 'removed', messages: Array.isArray(messages) ? messages.map(String) : [] };
}
