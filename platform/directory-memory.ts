import type { Clock, NewId } from './clock.ts';
import type { Directory, LeaseAnswer, LeaseRequest } from './directory.ts';
import { mayTakeOver, type PublishLease } from './publish-lease.ts';
import type { StreamEntry } from './stream.ts';

interface OpenStream {
  entry: StreamEntry;
  /** Sources so far. */
  run: number;
  lease: PublishLease | null;
}

/** The directory of one process. Answers are copies: what is done to them changes nothing here. */
export function createMemoryDirectory(options: { clock: Clock; newId: NewId }): Directory {
  const { clock, newId } = options;
  const byChannel = new Map<string, OpenStream>();
  const byId = new Map<string, OpenStream>();

  const open = (channel: string): OpenStream => {
    const entry = newEntry(channel, newId(), clock.now());
    const stream: OpenStream = { entry, run: 0, lease: null };
    byChannel.set(channel, stream);
    byId.set(entry.streamId, stream);
    return stream;
  };
  const change = async (streamId: string, apply: (entry: StreamEntry) => void): Promise<void> => {
    const stream = byId.get(streamId);
    if (stream !== undefined) apply(stream.entry);
  };

  return {
    async takeLease(request: LeaseRequest): Promise<LeaseAnswer> {
      const stream = byChannel.get(request.channel) ?? open(request.channel);
      const decision = mayTakeOver(stream.lease, request, clock.now());
      if (!decision.granted) return { granted: false, reason: 'taken_over' };
      stream.lease = decision.lease;
      stream.run += 1;
      const { streamId, startedAt } = stream.entry;
      return { granted: true, streamId, startedAt, run: stream.run, evicted: decision.evicted };
    },

    async renewLease(channel, publisherId) {
      const lease = byChannel.get(channel)?.lease;
      if (lease?.publisherId !== publisherId) return false;
      lease.renewedAt = clock.now();
      return true;
    },

    async releaseLease(channel, publisherId) {
      const stream = byChannel.get(channel);
      if (stream?.lease?.publisherId !== publisherId) return false;
      stream.lease = null;
      return true;
    },

    setSource: (streamId, source) =>
      change(streamId, (entry) => {
        entry.source = source;
        entry.state = 'live';
        entry.graceEndsAt = null;
      }),
    async setInterrupted(streamId, graceEndsAt) {
      const stream = byId.get(streamId);
      if (stream === undefined || stream.lease !== null) return;
      Object.assign(stream.entry, { state: 'interrupted', graceEndsAt, publisher: null });
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
    async endStream(streamId) {
      const stream = byId.get(streamId);
      if (stream === undefined) return;
      byId.delete(streamId);
      byChannel.delete(stream.entry.channel);
    },

    async byChannel(channel) {
      const stream = byChannel.get(channel);
      return stream === undefined ? null : structuredClone(stream.entry);
    },
    async list() {
      return [...byChannel.values()].map((stream) => structuredClone(stream.entry));
    },
    async close() {
      byChannel.clear();
      byId.clear();
    },
  };
}

const newEntry = (channel: string, streamId: string, startedAt: number): StreamEntry => ({
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
});
