import type { Clock, NewId } from './clock.ts';
import type { Directory } from './directory.ts';
import {
  interrupt,
  mayEnd,
  newRecord,
  releaseLease,
  renewLease,
  type StreamRecord,
  takeLease,
} from './directory-rules.ts';
import type { StreamEntry } from './stream.ts';

/** The directory of one process. Answers are copies: what is done to them changes nothing here. */
export function createMemoryDirectory(options: { clock: Clock; newId: NewId }): Directory {
  const { clock, newId } = options;
  const byChannel = new Map<string, StreamRecord>();
  const byId = new Map<string, StreamRecord>();

  const open = (channel: string): StreamRecord => {
    const record = newRecord(channel, newId(), clock.now());
    byChannel.set(channel, record);
    byId.set(record.entry.streamId, record);
    return record;
  };
  const change = async (streamId: string, apply: (entry: StreamEntry) => void): Promise<void> => {
    const record = byId.get(streamId);
    if (record !== undefined) apply(record.entry);
  };

  return {
    async takeLease(request) {
      const record = byChannel.get(request.channel) ?? open(request.channel);
      return takeLease(record, request, clock.now());
    },
    async renewLease(channel, publisherId) {
      const record = byChannel.get(channel);
      return record !== undefined && renewLease(record, publisherId, clock.now());
    },
    async releaseLease(channel, publisherId) {
      const record = byChannel.get(channel);
      return record !== undefined && releaseLease(record, publisherId);
    },

    setSource: (streamId, source) =>
      change(streamId, (entry) => {
        entry.source = source;
        entry.state = 'live';
        entry.graceEndsAt = null;
      }),
    async setInterrupted(streamId, graceEndsAt) {
      const record = byId.get(streamId);
      if (record !== undefined) interrupt(record, graceEndsAt);
    },
    setPlayable: (streamId) =>
      change(streamId, (entry) => {
        entry.playable = true;
      }),
    setPublisher: (streamId, facts, advice) =>
      change(streamId, (entry) => {
        entry.publisher = facts;
        entry.ingestAdvice = advice;
      }),
    setRenditions: (streamId, renditions, advice) =>
      change(streamId, (entry) => {
        entry.renditions = renditions;
        entry.transcodeAdvice = advice;
      }),
    async endStream(streamId, run) {
      const record = byId.get(streamId);
      if (record === undefined || !mayEnd(record, run)) return false;
      byId.delete(streamId);
      byChannel.delete(record.entry.channel);
      return true;
    },

    async byChannel(channel) {
      const record = byChannel.get(channel);
      return record === undefined ? null : structuredClone(record.entry);
    },
    async list() {
      return [...byChannel.values()].map((record) => structuredClone(record.entry));
    },
    async close() {
      byChannel.clear();
      byId.clear();
    },
  };
}
