import { createHash } from 'node:crypto';

/**
 * Channels are spread over this many slots of a cluster; one script touches one slot. Never to be
 * changed: a channel that moves begins a new log.
 */
const PARTITIONS = 32;

/** Names in Redis of what belongs to one channel, all in one slot. */
export interface ChannelKeys {
  /** Hash: `epoch`, and `offset` of the newest entry. */
  head: string;
  /** Stream of the newest entries; the id of an entry is its offset. */
  log: string;
  /** Stream of what is not yet in the database, of all channels of the slot. */
  outbox: string;
  /** Pub/Sub channel of what is kept. */
  push: string;
  /** What a client's message became. */
  seen(author: string, clientId: string): string;
}

const partitionOf = (channel: string): number =>
  createHash('sha1').update(channel).digest().readUInt32BE(0) % PARTITIONS;

const outboxOf = (prefix: string, partition: number): string =>
  `${prefix}chat:{${partition}}:outbox`;

export function channelKeys(prefix: string, channel: string): ChannelKeys {
  const partition = partitionOf(channel);
  const of = (what: string) => `${prefix}chat:{${partition}}:${what}:${channel}`;
  return {
    head: of('head'),
    log: of('log'),
    outbox: outboxOf(prefix, partition),
    push: of('push'),
    seen: (author, clientId) => `${of('seen')}:${author}:${clientId}`,
  };
}

export const outboxes = (prefix: string): string[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => outboxOf(prefix, partition));
