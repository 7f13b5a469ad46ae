import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { joinSharedStream, type StreamMember } from './stream-member.ts';

export type { LiveChannel, ServerEvent, Snapshot } from '../../../platform/protocol/events.ts';
export type EventListener = (event: ServerEvent) => void;

export interface SubscribeOptions {
  /** Only this channel's events, which spares a viewer the traffic of all others. Default: all. */
  channel?: string;
}

interface Subscription {
  listener: EventListener;
  channel: string | null;
}

const subscriptions = new Set<Subscription>();
/** Open players of this tab by channel; the same channel may play twice (an embed). */
const watching: string[] = [];
let member: StreamMember | null = null;

/**
 * What happens on the server, over the one event stream that all tabs of this browser share.
 * The first event is a `snapshot` of where things stand; another one may come at any time, after
 * a gap that could not be replayed for one. Returns the function that ends the subscription.
 */
export function subscribeEvents(
  listener: EventListener,
  options: SubscribeOptions = {},
): () => void {
  const subscription = { listener, channel: options.channel?.toLowerCase() ?? null };
  subscriptions.add(subscription);
  tellWishes(true);
  return () => {
    subscriptions.delete(subscription);
    tellWishes();
  };
}

/** Counts this open player as one viewer of the channel until the returned function is called. */
export function watchChannel(channel: string): () => void {
  const name = channel.toLowerCase();
  watching.push(name);
  tellWishes();
  let released = false;
  return () => {
    if (released) return;
    released = true;
    watching.splice(watching.indexOf(name), 1);
    tellWishes();
  };
}

function tellWishes(fresh = false): void {
  member ??= joinSharedStream(deliver);
  const channels = [...subscriptions].map((one) => one.channel);
  const named = channels.filter((name) => name !== null);
  const wish = {
    listening: subscriptions.size > 0,
    channels: named.length < channels.length ? null : [...new Set(named)],
    watching: [...watching],
  };
  member.wish(wish, fresh);
}

function deliver(event: ServerEvent): void {
  for (const { listener, channel } of [...subscriptions]) {
    if (channel === null || concerns(event, channel)) listener(event);
  }
}

function concerns(event: ServerEvent, channel: string): boolean {
  return 'channel' in event.data ? event.data.channel === channel : true;
}
