import { useEffect, useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { fetchChannel } from '../events/api-client.ts';
import { subscribeEvents } from '../events/event-stream.ts';
import { applyEvent } from './channel-facts.ts';
import { takeEarly } from './early-channel.ts';
import { afterMs, follow } from './follow.ts';

export type ChannelView =
  | { kind: 'loading' }
  | { kind: 'missing' }
  | { kind: 'failed'; reason: string }
  | { kind: 'ready'; channel: ChannelDetails };

/** One channel's facts, kept true by the event stream; asks again by itself when that fails. */
export function useChannel(name: string): ChannelView {
  const [view, setView] = useState<ChannelView>({ kind: 'loading' });
  useEffect(() => followChannel(name, setView), [name]);
  return view;
}

const followChannel = (name: string, show: (view: ChannelView) => void): (() => void) =>
  follow<ChannelDetails | null>({
    ask: (signal) => takeEarly(name) ?? fetchChannel(name, signal),
    subscribe: (hear) => subscribeEvents(hear, { channel: name }),
    apply: (channel, event) => channel && applyEvent(channel, event),
    needsAsking(event, before, after) {
      if (event.type === 'stream.live') return true;
      if (after !== null) return before?.streamId !== after.streamId;
      return event.type === 'snapshot' && event.data.live.some((one) => one.channel === name);
    },
    show(followed) {
      if (followed.kind === 'failed') show(followed);
      else if (followed.facts === null) show({ kind: 'missing' });
      else show({ kind: 'ready', channel: followed.facts });
    },
    after: afterMs,
    random: Math.random,
  });
