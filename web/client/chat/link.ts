import type { ClientMessage, Position } from '../../../platform/protocol/chat/client-messages.ts';
import type {
  ServerMessage,
  ServerMessageOf,
} from '../../../platform/protocol/chat/server-messages.ts';
import type { Transport } from './chat-client.ts';
import type { Surroundings } from './surroundings.ts';

/** What a link tells: the server's frames, and what the fallbacks look up beside the log. */
export type Heard = ServerMessage | Opening;

/** Where things stand, without anything of the log. */
export interface Opening
  extends Pick<ServerMessageOf<'welcome'>, 'you' | 'modes' | 'pinned' | 'presence'> {
  type: 'opening';
}

export type LinkEnd =
  /** The server said why. Codes as in close-codes.ts. */
  | { kind: 'told'; code: number; reason: string | null; retryAfterMs?: number }
  /** Nobody answers, as when the server is away. */
  | { kind: 'unreachable' }
  /** It opens, and what should come through does not: something between does not carry it. */
  | { kind: 'unfit' };

export interface LinkHost {
  hear(message: Heard): void;
  /** Once, and nothing after it. */
  end(end: LinkEnd): void;
}

/** One way to the server. It is up when it has told a `welcome`. */
export interface Link {
  readonly transport: Transport;
  /** Its answer is heard like everything else. */
  send(message: ClientMessage): void;
  /** Without a word to its host. */
  close(): void;
}

export interface LinkOptions {
  surroundings: Surroundings;
  /** Of the page's server, without a slash at its end. */
  origin: string;
  channel: string;
  token: string | null;
  after: Position | null;
  host: LinkHost;
}

/** Longer, and what opened is taken for something that does not carry. */
export const WELCOME_WITHIN_MS = 8_000;
