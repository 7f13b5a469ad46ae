import type { KeyboardEvent } from 'react';

export type BoxKey =
  | 'send'
  | 'end-reply'
  | 'recall'
  | 'choose'
  | 'next'
  | 'previous'
  | 'close-completion';

const WITH_COMPLETION: Record<string, BoxKey> = {
  Enter: 'choose',
  Tab: 'choose',
  ArrowUp: 'previous',
  ArrowDown: 'next',
  Escape: 'close-completion',
};

/** What a key means in the box; null: what it always does. */
export function boxKey(
  event: KeyboardEvent,
  box: { completing: boolean; empty: boolean; replying: boolean },
): BoxKey | null {
  if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.shiftKey) return null;
  if (box.completing) return WITH_COMPLETION[event.key] ?? null;
  switch (event.key) {
    case 'Enter':
      return 'send';
    case 'Escape':
      return box.replying ? 'end-reply' : null;
    case 'ArrowUp':
      return box.empty ? 'recall' : null;
    default:
      return null;
  }
}
