import type { LeaseAnswer, LeaseRequest } from './directory.ts';
import { mayTakeOver, type PublishLease } from './publish-lease.ts';
import type { StreamEntry } from './stream.ts';

/** A stream as a directory keeps it, whatever it keeps it in. */
export interface StreamRecord {
  entry: StreamEntry;
  /** Sources so far. */
  run: number;
  lease: PublishLease | null;
}

export const newRecord = (channel: string, streamId: string, startedAt: number): StreamRecord => ({
  entry: {
    channel,
    streamId,
    startedAt,
    state: 'starting',
    graceEndsAt: null,
    source: null,
    playable: false,
    publisher: null,
    renditions: [],
    ingestAdvice: [],
    transcodeAdvice: [],
  },
  run: 0,
  lease: null,
});

/** Changes `record`, for a refusal too: attempts to come back are remembered. */
export function takeLease(record: StreamRecord, request: LeaseRequest, now: number): LeaseAnswer {
  const decision = mayTakeOver(record.lease, request, now);
  if (!decision.granted) return { granted: false, reason: 'taken_over' };
  record.lease = decision.lease;
  record.run += 1;
  const { streamId, startedAt } = record.entry;
  return { granted: true, streamId, startedAt, run: record.run, evicted: decision.evicted };
}

/** Changes `record`; false: nothing, for the lease is another's. */
export function renewLease(record: StreamRecord, publisherId: string, now: number): boolean {
  if (record.lease?.publisherId !== publisherId) return false;
  record.lease.renewedAt = now;
  return true;
}

export function releaseLease(record: StreamRecord, publisherId: string): boolean {
  if (record.lease?.publisherId !== publisherId) return false;
  record.lease = null;
  return true;
}

/** Unless somebody publishes: then the word is of one that was taken over. */
export function interrupt(record: StreamRecord, graceEndsAt: number): boolean {
  if (record.lease !== null) return false;
  Object.assign(record.entry, { state: 'interrupted', graceEndsAt, publisher: null });
  return true;
}

/** Not by the word of one whose stream has gone on elsewhere. */
export const mayEnd = (record: StreamRecord, run: number | undefined): boolean =>
  run === undefined || record.run === run;
