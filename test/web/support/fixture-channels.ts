import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { stopped } from '../../../web/client/channels/channel-facts.ts';

const HOUR_MS = 3_600_000;

export function offlineChannel(
  channel: string,
  change: Partial<ChannelDetails> = {},
): ChannelDetails {
  return {
    channel,
    title: '',
    ...stopped,
    lastLiveAt: Date.now() - 3 * HOUR_MS,
    viewers: 0,
    thumbnail: null,
    playlist: null,
    publisher: null,
    renditions: [],
    advice: [],
    ...change,
  };
}

export function liveChannel(channel: string, change: Partial<ChannelDetails> = {}): ChannelDetails {
  const video = { kind: 'video', copied: true, codecs: 'avc1.64002a', bitrate: 5_800_000 } as const;
  return offlineChannel(channel, {
    title: 'Golden hour over the harbour: lo-fi synths, live from the roof',
    live: true,
    state: 'live',
    streamId: `${channel}-1`,
    startedAt: Date.now() - 1.3 * HOUR_MS,
    viewers: 1_284,
    thumbnail: '/picture/210',
    playlist: `/live/${channel}/index.m3u8`,
    renditions: [
      { ...video, name: 'source', width: 1920, height: 1080, fps: 60 },
      { ...video, name: '360p', width: 640, height: 360, fps: 30, copied: false },
    ],
    ...change,
  });
}

/** An evening with a full house. */
export function manyChannels(): ChannelDetails[] {
  return [
    liveChannel('harbour_lofi', { thumbnail: '/picture/210' }),
    liveChannel('speedrun_ada', {
      title: 'Any% attempts until the sun comes up',
      viewers: 642,
      thumbnail: '/picture/130',
      startedAt: Date.now() - 5.2 * HOUR_MS,
    }),
    liveChannel('ceramics', {
      title: 'Throwing a tea set, glaze tests after',
      viewers: 87,
      thumbnail: '/picture/10',
    }),
    liveChannel('radio_nord', {
      title: 'Night shift: field recordings and requests',
      viewers: 41,
      thumbnail: null,
      interrupted: true,
      state: 'interrupted',
    }),
    liveChannel('chess_club', { title: 'Friday blitz', viewers: 1, thumbnail: '/picture/280' }),
    offlineChannel('live', { lastLiveAt: null }),
    offlineChannel('kitchen_table'),
  ];
}
