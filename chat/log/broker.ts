/**
 * One log a channel: what was said and what was done to it, in one order for everybody. Entries
 * are numbered by offsets that grow by one; an epoch names the numbering, so that a client can
 * tell that the log it knew is gone.
 */
/** A `sanction` (body: `{"user"}`) is for the nodes, not for clients: ask the rules anew who that is. */
export type EntryKind = 'message' | 'deleted' | 'cleared' | 'mode' | 'pinned' | 'sanction';

/** What is published. */
export interface Draft {
  kind: EntryKind;
  /** The server's id of the entry. */
  id: string;
  /** User id of who caused it. */
  author: string;
  /**
   * The client's id of it: published again within a day by the same author, it is the same entry.
   * Null: never the same.
   */
  clientId: string | null;
  /** Wall milliseconds. */
  at: number;
  /**
   * JSON object without `offset`, which the broker puts in front. Of a message: the item on the
   * wire. Of everything else: the whole frame.
   */
  body: string;
}

export interface Entry {
  kind: EntryKind;
  id: string;
  author: string;
  at: number;
  offset: number;
  /** `body` with its `offset`: what goes to the wire as it is. */
  json: string;
}

export interface Position {
  offset: number;
  epoch: string;
}

export interface Published {
  offset: number;
  /** Of the entry that is in the log: the first one's, when this was a repetition. */
  id: string;
  repeated: boolean;
}

/** Entries after a position, or the newest ones. */
export interface LogSlice extends Position {
  /** In offset order. `offset` of the slice is the newest entry's, also when there are none. */
  entries: Entry[];
  /** False: the position asked for is of another epoch or too old; `entries` are the newest. */
  resumed: boolean;
}

export interface Subscription {
  /** Everything after this position is given to the listener, in order, once. */
  position: Position;
  close(): void;
}

export interface Broker {
  /**
   * Appends and distributes in one step. Resolves when the entry is kept: from then on no death of
   * any process loses it.
   *
   * @throws AppError `chat_unavailable` (503, retryable): it is not known whether it was kept; the
   *   same `clientId` finds out.
   */
  publish(channel: string, draft: Draft): Promise<Published>;
  /** What `publish` answered for this `clientId`; null: it never came here. */
  published(channel: string, author: string, clientId: string): Promise<Published | null>;
  /** At most `limit` entries after `after`; more than that in between counts as too old. */
  read(channel: string, ask: { after: Position | null; limit: number }): Promise<LogSlice>;
  /**
   * One subscription a channel and node. The listener hears entries in offset order, without a gap
   * or a repetition, over every reconnection of the store; `onReset` says that the epoch changed
   * and clients have to start afresh.
   */
  subscribe(
    channel: string,
    listener: (entries: Entry[]) => void,
    onReset: (position: Position) => void,
  ): Promise<Subscription>;
  /** For `/readyz`: `ok`, or what is wrong. */
  readiness(): string;
  close(): Promise<void>;
}
