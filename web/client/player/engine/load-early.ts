/**
 * Fetches hls.js at once, beside the page's own scripts, which find out only after they have run
 * that there is something to play. Whoever needs it later imports it again and says what failed.
 */
export function loadPlaybackEarly(): void {
  import('./hls-playback.ts').catch(() => undefined);
}
