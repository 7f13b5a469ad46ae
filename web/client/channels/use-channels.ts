import { useEffect, useState } from 'react';
import type { ChannelSummary } from '../../../platform/protocol/api.ts';
import { fetchChannels } from '../events/api-client.ts';
import { subscribeEvents } from '../events/event-stream.ts';
import { applyEvent } from './channel-facts.ts';

export type ChannelsView =
  | { kind: 'loading' }
  | { kind: 'failed'; reason: string }
  | { kind: 'ready'; channels: ChannelSummary[] };

const RETRY_MS = 4_000;
/** Events of one moment (a restart, say) ask for the list once. */
const SETTLE_MS = 250;

/** All channels, live ones first, kept true by the event stream. */
export function useChannels(): ChannelsView {
  const [view, setView] = useState<ChannelsView>({ kind: 'loading' });
  useEffect(() => followChannels(setView), []);
  return view;
}

type SetView = (change: (view: ChannelsView) => ChannelsView) => void;

function followChannels(setView: SetView): () => void {
  const left = new AbortController();
  let timer: number | undefined;
  const askIn = (ms: number) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, ms);
  };
  const ask = async () => {
    try {
      const channels = await fetchChannels(left.signal);
      setView(() => ({ kind: 'ready', channels }));
    } catch (error) {
      if (left.signal.aborted) return;
      const reason = error instanceof Error ? error.message : 'The server cannot be reached.';
      setView((view) => (view.kind === 'ready' ? view : { kind: 'failed', reason }));
      askIn(RETRY_MS);
    }
  };
  const unsubscribe = subscribeEvents((event) => {
    if (event.type === 'beat') return;
    setView((view) =>
      view.kind === 'ready'
        ? { kind: 'ready', channels: view.channels.map((one) => applyEvent(one, event)) }
        : view,
    );
    // Thumbnails, and channels this page has not heard of, are in the list only.
    if (event.type !== 'viewers') askIn(SETTLE_MS);
  });
  void ask();
  return () => {
    left.abort();
    window.clearTimeout(timer);
    unsubscribe();
  };
}
