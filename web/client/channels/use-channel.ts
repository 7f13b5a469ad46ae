import { useEffect, useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { fetchChannel } from '../events/api-client.ts';
import { subscribeEvents } from '../events/event-stream.ts';
import { applyEvent } from './channel-facts.ts';

export type ChannelView =
  | { kind: 'loading' }
  | { kind: 'missing' }
  | { kind: 'failed'; reason: string }
  | { kind: 'ready'; channel: ChannelDetails };

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/** One channel's facts, kept true by the event stream; asks again by itself when that fails. */
export function useChannel(name: string): ChannelView {
  const [view, setView] = useState<ChannelView>({ kind: 'loading' });
  useEffect(() => followChannel(name, setView), [name]);
  return view;
}

type SetView = (change: (view: ChannelView) => ChannelView) => void;

function followChannel(name: string, setView: SetView): () => void {
  const left = new AbortController();
  let timer: number | undefined;
  let retryMs = FIRST_RETRY_MS;

  const ask = async () => {
    window.clearTimeout(timer);
    try {
      const channel = await fetchChannel(name, left.signal);
      retryMs = FIRST_RETRY_MS;
      setView(() => (channel === null ? { kind: 'missing' } : { kind: 'ready', channel }));
    } catch (error) {
      if (left.signal.aborted) return;
      const reason = error instanceof Error ? error.message : 'The server cannot be reached.';
      setView((view) => (view.kind === 'ready' ? view : { kind: 'failed', reason }));
      timer = window.setTimeout(ask, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  };

  const unsubscribe = subscribeEvents(
    (event) => {
      setView((view) =>
        view.kind === 'ready' ? { kind: 'ready', channel: applyEvent(view.channel, event) } : view,
      );
      if (bringsDetails(event)) void ask();
    },
    { channel: name },
  );
  void ask();
  return () => {
    left.abort();
    window.clearTimeout(timer);
    unsubscribe();
  };
}

/** Size, codec and renditions are in the API only, and change with the encoder. */
const bringsDetails = (event: ServerEvent) =>
  event.type === 'snapshot' || event.type === 'stream.live';
