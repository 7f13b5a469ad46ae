import { useSyncExternalStore } from 'react';
import type { Me } from '../../../platform/protocol/api.ts';
import { fetchMe } from './account-api.ts';

/** `unknown` until the server has said. */
export type Session = { kind: 'unknown' } | { kind: 'known'; user: Me['user'] };

/** Somebody may have signed in or out in another tab meanwhile; not more often than this. */
const ASK_AGAIN_MS = 10_000;
const RETRY_MS = 15_000;

const listeners = new Set<() => void>();
let session: Session = { kind: 'unknown' };
let askedAt = 0;
let retry: number | undefined;

async function ask(): Promise<void> {
  askedAt = performance.now();
  window.clearTimeout(retry);
  try {
    const user = await fetchMe();
    if (session.kind === 'known' && session.user?.id === user?.id) return;
    session = { kind: 'known', user };
    for (const listener of listeners) listener();
  } catch {
    if (listeners.size > 0) retry = window.setTimeout(ask, RETRY_MS);
  }
}

function askOnReturn(): void {
  const asleep = performance.now() - askedAt;
  if (document.visibilityState === 'visible' && asleep > ASK_AGAIN_MS) void ask();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    document.addEventListener('visibilitychange', askOnReturn);
    if (askedAt === 0) void ask();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', askOnReturn);
    window.clearTimeout(retry);
  };
}

/** Whom this browser is signed in as: asked once for all who want to know. */
export const useMe = (): Session => useSyncExternalStore(subscribe, () => session);
