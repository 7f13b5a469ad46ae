import { useEffect, useState } from 'react';
import type { ChatPanel } from '../chat/panel/chat-panel.tsx';

export type PanelLoad =
  | { kind: 'loading' }
  | { kind: 'failed' }
  | { kind: 'ready'; ChatPanel: typeof ChatPanel };

/** Long enough for the player to ask for what it needs, short enough not to be noticed. */
const LATEST_MS = 400;

/** The panel's script, asked for when the page has nothing else to do. */
export function useChatPanel(attempt: number): PanelLoad {
  const [load, setLoad] = useState<PanelLoad>({ kind: 'loading' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt asks anew
  useEffect(() => {
    let left = false;
    const tell = (next: PanelLoad) => {
      if (!left) setLoad(next);
    };
    const ask = () => {
      import('../chat/panel/chat-panel.tsx').then(
        ({ ChatPanel }) => tell({ kind: 'ready', ChatPanel }),
        () => tell({ kind: 'failed' }),
      );
    };
    const forget = whenIdle(ask);
    return () => {
      left = true;
      forget();
    };
  }, [attempt]);
  return load;
}

/** Safari has no requestIdleCallback. */
function whenIdle(call: () => void): () => void {
  if (typeof window.requestIdleCallback === 'function') {
    const idle = window.requestIdleCallback(call, { timeout: LATEST_MS });
    return () => window.cancelIdleCallback(idle);
  }
  const timer = window.setTimeout(call, LATEST_MS);
  return () => window.clearTimeout(timer);
}
