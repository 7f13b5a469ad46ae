import { useEffect, useState } from 'react';
import type { ChannelSummary } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { fetchChannels } from '../events/api-client.ts';
import { subscribeEvents } from '../events/event-stream.ts';
import { applyEvent } from './channel-facts.ts';
import { afterMs, follow } from './follow.ts';

export type ChannelsView =
  | { kind: 'loading' }
  | { kind: 'failed'; reason: string }
  | { kind: 'ready'; channels: ChannelSummary[] };

/** All channels, live ones first, kept true by the event stream. */
export function useChannels(): ChannelsView {
  const [view, setView] = useState<ChannelsView>({ kind: 'loading' });
  useEffect(() => followChannels(setView), []);
  return view;
}

const followChannels = (show: (view: ChannelsView) => void): (() => void) =>
  follow<ChannelSummary[]>({
    ask: fetchChannels,
    subscribe: subscribeEvents,
    apply: applyToAll,
    needsAsking: tellsOfMore,
    show: (followed) =>
      show(followed.kind === 'failed' ? followed : { kind: 'ready', channels: followed.facts }),
    after: afterMs,
    random: Math.random,
  });

export function applyToAll(channels: ChannelSummary[], event: ServerEvent): ChannelSummary[] {
  const next = channels.map((one) => applyEvent(one, event));
  return next.every((one, index) => one === channels[index]) ? channels : next;
}

/** Thumbnails, order, and channels this page has not heard of, are in the list only. */
export function tellsOfMore(
  event: ServerEvent,
  before: ChannelSummary[],
  after: ChannelSummary[],
): boolean {
  if (event.type === 'stream.live') return true;
  if (after.some((one, index) => one.streamId !== before[index]?.streamId)) return true;
  if (event.type !== 'snapshot') return false;
  const known = new Set(before.map((one) => one.channel));
  return event.data.live.some((one) => !known.has(one.channel));
}
