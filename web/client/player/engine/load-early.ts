/**
 * Fetches hls.js at once, beside the page's own scripts, which find out only after they have run
 * that there is something to play; what the server says is live is begun with. Whoever needs
 * hls.js later imports it again and says what failed.
 */
export function loadPlaybackEarly(channel: string): void {
  const src = `/live/${channel}/index.m3u8`;
  const live = document.head.querySelector(`link[rel="preload"][href="${src}"]`) !== null;
  import('./hls-playback.ts').then(
    ({ beginHls }) => {
      if (live) beginHls(src);
    },
    () => undefined,
  );
}
