import Hls, { Events } from 'hls.js';
import { hlsConfig } from './hls-config.ts';
import type { TrackList } from './track-list.ts';

/** A page that has not drawn its player by then is not about to. */
const KEPT_MS = 10_000;

export interface LoadingHls {
  hls: Hls;
  /** What the multivariant playlist offered, playable here or not; null until it is read. */
  tracks(): TrackList | null;
}

/** hls.js, at work on a multivariant playlist. */
export function loadHls(src: string): LoadingHls {
  const hls = new Hls(hlsConfig);
  let tracks: TrackList | null = null;
  hls.loadSource(src);
  const url = hls.url;
  hls.on(Events.MANIFEST_LOADED, (_, { levels, audioTracks }) => {
    // Audio alone is played from its media playlist, which offers nothing else.
    if (hls.url !== url) return;
    tracks = {
      video: new Set(levels.map((level) => level.url)),
      audio: new Set(audioTracks.flatMap((track) => track.url || [])),
    };
  });
  return { hls, tracks: () => tracks };
}

let begun: { src: string; loading: LoadingHls; timer: number } | null = null;

const forget = (hls: Hls): void => {
  if (begun?.loading.hls !== hls) return;
  window.clearTimeout(begun.timer);
  begun = null;
  hls.destroy();
};

/** Loads playlists and the first media while the page still draws the element to play it in. */
export function beginHls(src: string): void {
  if (begun !== null || !Hls.isSupported()) return;
  const loading = loadHls(src);
  const { hls } = loading;
  begun = { src, loading, timer: window.setTimeout(() => forget(hls), KEPT_MS) };
  // What fails here is met again, and dealt with, by whoever begins anew.
  hls.on(Events.ERROR, () => forget(hls));
}

/** What was begun for this playlist, once; null: nothing. Its events until now have passed. */
export function takeBegunHls(src: string): LoadingHls | null {
  if (begun?.src !== src) return null;
  const { loading, timer } = begun;
  begun = null;
  window.clearTimeout(timer);
  return loading;
}
