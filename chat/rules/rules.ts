import type { Channel } from '../../platform/channels.ts';
import type { Identity } from '../../platform/identity.ts';
import type { ClientMessage } from '../../platform/protocol/chat/client-messages.ts';
import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';
import type { Entry } from '../log/broker.ts';
import type { Person } from './person.ts';

/** Everything a client asks for, except `hello` and `typing`, which are the connection's own. */
export type Wish = Exclude<ClientMessage, { type: 'hello' | 'typing' }>;
export type Answer = ServerMessageOf<'ack' | 'done' | 'held'>;

/** What of `welcome` depends on who reads it. */
export interface Standing {
  person: Person;
  silencedUntil: number | null | undefined;
  blocked: string[];
}

/**
 * Who may do what in a channel. The hub asks; nothing here knows of sockets. The same code
 * serves WebSocket frames and the POST fallback.
 */
export interface Rules {
  /**
   * Who this is here. @throws Refusal `banned`; the socket is closed with 4503.
   * A guest has `identity` null and gets `guestId` as id.
   */
  admit(channel: Channel, identity: Identity | null, guestId: string): Promise<Standing>;
  /** @throws Refusal with the sentence for its author */
  execute(call: {
    channel: Channel;
    person: Person;
    address: string;
    wish: Wish;
  }): Promise<Answer | null>;
  /** The part of `welcome` that is the channel's. */
  opening(
    channel: Channel,
    person: Person,
  ): Promise<Pick<ServerMessageOf<'welcome'>, 'modes' | 'pinned' | 'held'>>;
  /** Every entry of a channel that has connections on this node, before they hear of it. */
  observe(channel: Channel, entry: Entry): void;
}
