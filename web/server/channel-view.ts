import type { Channel } from '../../platform/channels.ts';
import type { ChannelDetails, ChannelState, ChannelSummary } from '../../platform/protocol/api.ts';
import type { StreamEntry } from '../../platform/stream.ts';

interface Facts {
  channel: Channel;
  /** Null: nobody is sending. */
  entry: StreamEntry | null;
  viewers: number;
}

export const playlistPath = (channel: string): string => `/live/${channel}/index.m3u8`;
export const thumbnailPath = (channel: string, streamId: string): string =>
  `/live/${channel}/${streamId}/thumbnail.jpg`;

/** What everybody may know of a channel. */
export function channelSummary({ channel, entry, viewers }: Facts): ChannelSummary {
  const live = entry?.playable ?? false;
  const interrupted = entry?.state === 'interrupted';
  return {
    channel: channel.name,
    title: channel.title,
    live,
    state: stateOf(entry),
    interrupted,
    graceEndsAt: interrupted ? entry.graceEndsAt : null,
    streamId: entry?.streamId ?? null,
    startedAt: entry?.startedAt ?? null,
    lastLiveAt: channel.lastLiveAt,
    viewers,
    thumbnail: live && entry !== null ? thumbnailPath(channel.name, entry.streamId) : null,
    playlist: live ? playlistPath(channel.name) : null,
  };
}

/** The summary, and what is measured of the stream. Neither key nor address is in it. */
export function channelDetails(facts: Facts): ChannelDetails {
  const { entry } = facts;
  return {
    ...channelSummary(facts),
    publisher: entry?.publisher ?? null,
    renditions: entry?.renditions ?? [],
    advice: entry === null ? [] : [...entry.ingestAdvice, ...entry.transcodeAdvice],
  };
}

/** Live before offline; most viewers first, then the one that was live last, then by name. */
export function byInterest(a: ChannelSummary, b: ChannelSummary): number {
  return (
    Number(b.live) - Number(a.live) ||
    b.viewers - a.viewers ||
    (b.lastLiveAt ?? 0) - (a.lastLiveAt ?? 0) ||
    (a.channel < b.channel ? -1 : 1)
  );
}

function stateOf(entry: StreamEntry | null): ChannelState {
  if (entry === null) return 'offline';
  if (entry.state === 'interrupted') return 'interrupted';
  return entry.playable ? 'live' : 'starting';
}
