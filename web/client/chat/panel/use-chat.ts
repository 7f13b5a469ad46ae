import { useCallback, useSyncExternalStore } from 'react';
import type { ChatClient, ChatState } from '../chat-client.ts';

/** A part of the chat's state. `select` gives the same object while nothing changed. */
export function useChat<T>(client: ChatClient, select: (state: ChatState) => T): T {
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client]);
  return useSyncExternalStore(subscribe, () => select(client.get()));
}
