import { useEffect, useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { fetchChannel } from '../events/api-client.ts';
import { subscribeEvents } from '../events/event-stream.ts';
import { applyEvent } from './channel-facts.ts';
import { takeEarly } from './early-channel.ts';

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

function followChannel(name: string, show: (view: ChannelView) => void): () => void {
  const left = new AbortController();
  let view: ChannelView = { kind: 'loading' };
  let timer: number | undefined;
  let retryMs = FIRST_RETRY_MS;

  const set = (next: ChannelView) => {
    view = next;
    show(next);
  };
  const ask = async () => {
    window.clearTimeout(timer);
    try {
      const channel = await (takeEarly(name) ?? fetchChannel(name, left.signal));
      if (left.signal.aborted) return;
      retryMs = FIRST_RETRY_MS;
      set(channel === null ? { kind: 'missing' } : { kind: 'ready', channel });
    } catch (error) {
      if (left.signal.aborted) return;
      const reason = error instanceof Error ? error.message : 'The server cannot be reached.';
      if (view.kind !== 'ready') set({ kind: 'failed', reason });
      timer = window.setTimeout(ask, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  };
  const hear = (event: ServerEvent) => {
    if (view.kind === 'loading') return;
    if (view.kind !== 'ready') return void ask();
    const before = view.channel;
    const channel = applyEvent(before, event);
    if (channel !== before) set({ kind: 'ready', channel });
    if (event.type === 'stream.live' || channel.streamId !== before.streamId) void ask();
  };

  const unsubscribe = subscribeEvents(hear, { channel: name });
  void ask();
  return () => {
    left.abort();
    window.clearTimeout(timer);
    unsubscribe();
  };
}
