import type { OpenPlayback } from './playback.ts';

/** hls.js arrives by itself, after the page is usable; Safari's own player needs nothing. */
export async function findPlayback(video: HTMLVideoElement): Promise<OpenPlayback | null> {
  const { hlsRunsHere, openHlsPlayback } = await import('./hls-playback.ts');
  if (hlsRunsHere()) {
    return openHlsPlayback;
  }
  const { nativeRunsHere, openNativePlayback } = await import('./native-playback.ts');
  return nativeRunsHere(video) ? openNativePlayback : null;
}
