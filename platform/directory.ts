import type { Advice, PublisherFacts, RenditionFacts, Source, StreamEntry } from './stream.ts';

/** Asked for by whatever wants to publish to a channel (an RTMP session, a WHIP session, a room). */
export interface LeaseRequest {
  channel: string;
  /** Unique to this publishing session. */
  publisherId: string;
  /** What is likely the same in the same encoder's next attempt: address and encoder name. */
  identity: string;
}

export type LeaseAnswer =
  | {
      granted: true;
      streamId: string;
      startedAt: number;
      /** Counts the sources of this stream, 1 for the first. */
      run: number;
      /** The publisher that has to be destroyed, when this one took over. */
      evicted: string | null;
    }
  /** The newcomer was taken over before, and the newer one is still sending. */
  | { granted: false; reason: 'taken_over' };

/**
 * Which stream is live on which channel, and who may publish it. One publisher a channel: the
 * newest authorised one, except that one which was taken over and keeps coming back by itself is
 * refused while its successor sends (publish-lease.ts).
 */
export interface Directory {
  takeLease(request: LeaseRequest): Promise<LeaseAnswer>;
  /** The holder is sending: called about once a second. False: the lease is no longer its own. */
  renewLease(channel: string, publisherId: string): Promise<boolean>;
  /** Gives the lease back. False: it was no longer its own (it was taken over). */
  releaseLease(channel: string, publisherId: string): Promise<boolean>;

  setSource(streamId: string, source: Source): Promise<void>;
  setInterrupted(streamId: string, graceEndsAt: number): Promise<void>;
  setPlayable(streamId: string): Promise<void>;
  setPublisher(streamId: string, facts: PublisherFacts | null, advice: Advice[]): Promise<void>;
  setRenditions(streamId: string, renditions: RenditionFacts[], advice: Advice[]): Promise<void>;
  /**
   * Frees the channel for a new stream. False, and nothing happens, when the stream is not the
   * channel's, or with `run`, when another lease was granted since the one of that run.
   */
  endStream(streamId: string, run?: number): Promise<boolean>;

  byChannel(channel: string): Promise<StreamEntry | null>;
  list(): Promise<StreamEntry[]>;
  close(): Promise<void>;
}
