import type { Transport } from './chat-client.ts';
import { openEventStreamLink } from './event-stream-link.ts';
import type { Link, LinkOptions } from './link.ts';
import { openLongPollingLink, openShortPollingLink } from './polling-link.ts';
import { openWebSocketLink } from './websocket-link.ts';

const OPENERS: Record<Transport, (options: LinkOptions) => Link> = {
  websocket: openWebSocketLink,
  'event-stream': openEventStreamLink,
  'long-polling': openLongPollingLink,
  'short-polling': openShortPollingLink,
};

export const openLink = (transport: Transport, options: LinkOptions): Link =>
  OPENERS[transport](options);
