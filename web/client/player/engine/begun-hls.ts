import Hls, { Events } from 'hls.js';
import { hlsConfig } from './hls-config.ts';

/** A page that has not drawn its player by then is not about to. */
const KEPT_MS = 10_000;

let begun: { src: string; hls: Hls; timer: number } | null = null;

const forget = (hls: Hls): void => {
  if (begun?.hls !== hls) return;
  window.clearTimeout(begun.timer);
  begun = null;
  hls.destroy();
};

/** Loads playlists and the first media while the page still draws the element to play it in. */
export function beginHls(src: string): void {
  if (begun !== null || !Hls.isSupported()) return;
  const hls = new Hls(hlsConfig);
  begun = { src, hls, timer: window.setTimeout(() => forget(hls), KEPT_MS) };
  // What fails here is met again, and dealt with, by whoever begins anew.
  hls.on(Events.ERROR, () => forget(hls));
  hls.loadSource(src);
}

/** What was begun for this playlist, once; null: nothing. Its events until now have passed. */
export function takeBegunHls(src: string): Hls | null {
  if (begun?.src !== src) return null;
  const { hls, timer } = begun;
  begun = null;
  window.clearTimeout(timer);
  return hls;
}
