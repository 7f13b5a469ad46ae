import type { ClientMessage } from '../../../platform/protocol/chat/client-messages.ts';
import type { Modes } from '../../../platform/protocol/chat/modes.ts';
import type {
  ChatMessage,
  HeldMessage,
  PersonHere,
  ServerMessageOf,
} from '../../../platform/protocol/chat/server-messages.ts';

/** How the page hears the chat, best first; a client goes down this list by itself. */
export type Transport = 'websocket' | 'event-stream' | 'long-polling' | 'short-polling';

export type ChatStatus =
  | { kind: 'connecting' }
  | { kind: 'live'; transport: Transport }
  /** What was seen stays; what is typed is kept and sent after the return. */
  | { kind: 'reconnecting'; sinceMs: number }
  /** It does not come back by itself: banned, no such channel, the token does not count. */
  | { kind: 'closed'; code: number; reason: string };

/** One line of the column. `key` is stable over the whole life of the line. */
export type Line =
  | {
      kind: 'message';
      key: string;
      message: ChatMessage;
      /** Deleted by a moderator: its place stays, its text is gone from `message`. */
      deleted: boolean;
      /** It calls you with `@`, or answers you. */
      mentionsYou: boolean;
    }
  | { kind: 'whisper'; key: string; whisper: ServerMessageOf<'whisper'> }
  /** What the chat says itself: a mode changed, the chat was cleared, a gap that was too old. */
  | { kind: 'notice'; key: string; at: number; text: string }
  /** For those who moderate: what one of them did. */
  | { kind: 'action'; key: string; action: ServerMessageOf<'action'> };

/** A message of this page that has no line yet. In the order of writing; bounded. */
export interface Outgoing {
  id: string;
  text: string;
  /** Id of the message it answers. */
  replyTo: string | null;
  /** Name of the one person it goes to, a whisper. */
  to: string | null;
  /**
   * `waiting`: for a connection. `sending`: for its answer. `kept`: the server has it, and its line
   * comes in a moment. `held`: for a moderator. `refused`: it stays here, for `reason`, until the
   * page takes it back.
   */
  state: 'waiting' | 'sending' | 'kept' | 'held' | 'refused';
  /** Why it is held or was refused. */
  reason: string | null;
}

export interface Refused {
  /** Grows with each, so that the same sentence twice is told twice. */
  count: number;
  code: string;
  reason: string;
  /** Wall ms of this page at which it may be tried again. */
  retryAt: number | null;
  /** The text it was about: it goes back into the box when that is empty (`takeBack`). */
  text: string | null;
  /** Of what is `refused` in `outgoing`; null: it was about nothing typed. */
  id: string | null;
}

/** What the view draws. Each change makes a new object; parts that did not change are the same ones. */
export interface ChatState {
  status: ChatStatus;
  you: ServerMessageOf<'welcome'>['you'] | null;
  modes: Modes;
  pinned: ChatMessage | null;
  /** Oldest first; bounded. */
  lines: readonly Line[];
  /** True: there is more before the first line. */
  hasOlder: boolean;
  presence: { count: number; people: readonly PersonHere[] };
  typing: readonly string[];
  /** For those who moderate. */
  held: readonly HeldMessage[];
  outgoing: readonly Outgoing[];
  refused: Refused | null;
}

export type Wished = { done: true } | { done: false; code: string; reason: string };
type Distribute<W> = W extends unknown ? Omit<W, 'id'> : never;
export type PageWish = Distribute<
  Exclude<ClientMessage, { type: 'hello' | 'typing' | 'send' | 'whisper' }>
>;

export interface ChatClient {
  get(): ChatState;
  subscribe(listener: () => void): () => void;
  /** Slash commands too. Kept until the server has answered, over every reconnection, sent once. */
  send(text: string, replyTo?: string): void;
  whisper(user: string, text: string): void;
  /**
   * Takes a refused or waiting text out of `outgoing`, for the box or for good. Null: it is not
   * there any more.
   */
  takeBack(id: string): string | null;
  /** Called at each key press; tells the server now and then. */
  typing(): void;
  wish(wish: PageWish): Promise<Wished>;
  loadOlder(): Promise<void>;
  /** The line is seen now, or its viewer scrolled away: bounds of memory differ. */
  setFollowing(following: boolean): void;
  /**
   * Holds the chat to the picture: lines show when the picture they were written beside is on
   * screen. `null`: at once. Called with the delay behind live, ms, as it changes.
   */
  setDelay(delayMs: number | null): void;
  close(): void;
}
