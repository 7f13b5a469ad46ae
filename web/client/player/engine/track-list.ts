/** The tracks that a multivariant playlist offers, by the addresses of their media playlists. */
export interface TrackList {
  video: ReadonlySet<string>;
  audio: ReadonlySet<string>;
}

/** @param url where the playlist came from: addresses in it are relative to that */
export function parseTrackList(playlist: string, url: string): TrackList {
  const absolute = (uri: string) => new URL(uri, url).href;
  const lines = playlist.split(/\r?\n/).map((line) => line.trim());
  const video = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const audio = lines
    .filter((line) => line.startsWith('#EXT-X-MEDIA:') && line.includes('TYPE=AUDIO'))
    .flatMap((line) => /[:,]URI="([^"]+)"/.exec(line)?.[1] ?? []);
  return { video: new Set(video.map(absolute)), audio: new Set(audio.map(absolute)) };
}

/**
 * Whether a player that has read `attached` cannot play `offered` as it is. It does without a rung
 * that is gone by itself; a new one it never hears of, and without its sound it stands still.
 */
export function mustAttachAnew(attached: TrackList, offered: TrackList): boolean {
  const within = (part: ReadonlySet<string>, whole: ReadonlySet<string>) =>
    [...part].every((one) => whole.has(one));
  const added = !within(offered.video, attached.video) || !within(offered.audio, attached.audio);
  return added || !within(attached.audio, offered.audio);
}
