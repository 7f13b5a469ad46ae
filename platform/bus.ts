import type { ServerMessage } from './protocol/chat/server-messages.ts';
import type { Source } from './stream.ts';

/** Facts, in the past tense, that services tell each other. Every payload is plain JSON. */
export interface BusFacts {
  /** A stream has a source: it went live, or its encoder came back (`source.run` > 1). */
  'stream:live': { channel: string; streamId: string; startedAt: number; source: Source };
  /** The encoder is gone; the stream waits for it until `graceEndsAt` (wall ms). */
  'stream:interrupted': {
    channel: string;
    streamId: string;
    reason: 'stopped' | 'lost';
    graceEndsAt: number;
  };
  /** The grace is over: close the playlists. */
  'stream:ended': { channel: string; streamId: string; endedAt: number };
  /** The first playable part of the stream exists. */
  'stream:playable': { channel: string; streamId: string };
  /** The directory's entry of this stream changed (facts, renditions, advice). At most 1/s each. */
  'stream:changed': { channel: string; streamId: string };
  /** The stream key may be another one now: an encoder on the one before has to go. */
  'channel:key-reset': { channel: string };
  /** This token counts no longer; without `tokenId`, none that this person has. */
  'identity:revoked': { userId: string; tokenId: string | null };
  /**
   * A chat frame (platform/protocol/chat) for some of those connected, on every node: for the
   * moderators of `channel`, or for the sockets of `users`, in one channel or (null) wherever they are.
   */
  'chat:frame': {
    channel: string | null;
    to: { role: 'moderator' } | { users: string[] };
    frame: ServerMessage;
  };
  /** Somebody types in a channel's chat. Not more than once a second of each. */
  'chat:typing': { channel: string; name: string };
  /** What this person is or may do changed, in one channel or (null) in all of them. */
  'chat:standing-changed': { channel: string | null; userId: string };
  /** Modes, filters or blocked terms of this channel changed. */
  'chat:settings-changed': { channelId: string };
}

export type BusTopic = keyof BusFacts;

export interface Bus {
  publish<T extends BusTopic>(topic: T, fact: BusFacts[T]): void;
  /** Returns the function that unsubscribes. A listener that throws does not stop the others. */
  subscribe<T extends BusTopic>(topic: T, listener: (fact: BusFacts[T]) => void): () => void;
  /** False: what is published now stays in this process. */
  reachesAll(): boolean;
  close(): Promise<void>;
}
