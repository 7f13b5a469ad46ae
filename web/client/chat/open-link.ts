import type { Transport } from './chat-client.ts';
import type { Link, LinkOptions } from './link.ts';
import { openWebSocketLink } from './websocket-link.ts';

const OPENERS: Record<Transport, (options: LinkOptions) => Link> = {
  websocket: openWebSocketLink,
  'event-stream': openWebSocketLink,
  'long-polling': openWebSocketLink,
  'short-polling': openWebSocketLink,
};

export const openLink = (transport: Transport, options: LinkOptions): Link =>
  OPENERS[transport](options);
