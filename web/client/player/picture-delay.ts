import { useSyncExternalStore } from 'react';

let seconds: number | null = null;
const listeners = new Set<() => void>();

/** Said by the player: how far the picture is behind the encoder; null: no picture. */
export function tellPictureDelay(next: number | null): void {
  if (next === seconds) return;
  seconds = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Seconds behind the encoder, for what is shown beside the picture. */
export const usePictureDelay = (): number | null => useSyncExternalStore(subscribe, () => seconds);
