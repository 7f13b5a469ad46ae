import { entryOf, type ServedWeb } from './serve-web.ts';

/** Facts as ingest and transcoder publish them. */
export const goLive = (web: ServedWeb, channel: string) => {
  const entry = entryOf(channel);
  web.entries.set(channel, entry);
  web.bus.publish('stream:playable', { channel, streamId: entry.streamId });
  return entry;
};
export const interrupt = (web: ServedWeb, channel: string) =>
  web.bus.publish('stream:interrupted', {
    channel,
    streamId: `stream-of-${channel}`,
    reason: 'lost',
    graceEndsAt: 1_700_000_030_000,
  });
export const comeBack = (web: ServedWeb, channel: string) =>
  web.bus.publish('stream:live', {
    channel,
    streamId: `stream-of-${channel}`,
    startedAt: 1,
    source: {
      id: 'source',
      run: 2,
      url: 'http://127.0.0.1/x',
      video: null,
      audio: null,
      wallBaseMs: 0,
      firstMediaMs: 0,
    },
  });
export const end = (web: ServedWeb, channel: string) =>
  web.bus.publish('stream:ended', { channel, streamId: `stream-of-${channel}`, endedAt: 5 });
