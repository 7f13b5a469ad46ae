import { CaptionTracks } from './caption-tracks.ts';
import type { OpenPlayback } from './playback.ts';
import { AUTO_QUALITY } from './types.ts';

const EDGE_SECONDS = 6;

export const nativeRunsHere = (video: HTMLVideoElement): boolean =>
  video.canPlayType('application/vnd.apple.mpegurl') !== '';

/** Safari's `getStartDate`, HTML standard, 4.8.11.6: wall time at media time 0. */
const startDateOf = (video: HTMLVideoElement): number => {
  const read: unknown = Reflect.get(video, 'getStartDate');
  const date: unknown = typeof read === 'function' ? read.call(video) : null;
  return date instanceof Date ? date.getTime() : Number.NaN;
};

/** Playback by the browser's own HLS, where hls.js cannot run: quality and latency are its own. */
export const openNativePlayback: OpenPlayback = ({ video, src, events }) => {
  const listening = new AbortController();
  const { signal } = listening;
  let opened = false;
  let stalls = 0;
  const load = () => {
    video.src = src;
    video.load();
  };
  const told = (available: boolean) => events.captions(available);
  const captions = new CaptionTracks(video.textTracks, told, signal);
  video.addEventListener(
    'loadedmetadata',
    () => {
      opened = true;
      events.qualities([{ id: AUTO_QUALITY, label: 'Auto', height: null }]);
      events.opened(null);
    },
    { signal },
  );
  video.addEventListener('progress', () => events.progressed(), { signal });
  video.addEventListener('ended', () => events.closed(), { signal });
  video.addEventListener(
    'waiting',
    () => {
      stalls += video.seeking ? 0 : 1;
    },
    { signal },
  );
  video.addEventListener(
    'error',
    () =>
      events.failed({ kind: 'network', opening: !opened, message: 'The stream does not answer.' }),
    { signal },
  );
  const edge = () => (video.seekable.length === 0 ? null : video.seekable.end(0));
  load();
  return {
    playingAt() {
      const at = startDateOf(video) + video.currentTime * 1000;
      return Number.isFinite(at) ? at : null;
    },
    behindNewestSeconds: () => null,
    atLiveEdge: () => !video.paused && (edge() ?? 0) - video.currentTime < EDGE_SECONDS,
    // The browser keeps the multivariant playlist to itself.
    tracks: () => null,
    stalls: () => stalls,
    goLive() {
      const end = edge();
      if (end !== null && end - video.currentTime > EDGE_SECONDS) {
        video.currentTime = end - 1;
      }
    },
    selectQuality: () => undefined,
    setCaptions: (on) => captions.show(on),
    resume: load,
    destroy() {
      listening.abort();
      video.removeAttribute('src');
      video.load();
    },
  };
};
