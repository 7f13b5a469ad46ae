import type { PlayerStore } from './player-store.ts';

type AutoplayAnswer = 'playing' | 'muted' | 'blocked' | 'gone';

const refused = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotAllowedError';

/** Plays with sound where the browser lets a page do that, else without, else not at all. */
export async function autoplay(video: HTMLVideoElement, store: PlayerStore): Promise<void> {
  const answer = await begin(video);
  if (answer === 'blocked') {
    store.set({ status: 'blocked' });
  } else if (answer === 'muted') {
    store.set({ mutedByAutoplay: true });
  }
}

/** `gone`: the load was replaced meanwhile, the answer no longer matters. */
async function begin(video: HTMLVideoElement): Promise<AutoplayAnswer> {
  try {
    await video.play();
    return 'playing';
  } catch (error) {
    if (!refused(error)) {
      return 'gone';
    }
  }
  if (video.muted) {
    return 'blocked';
  }
  video.muted = true;
  try {
    await video.play();
    return 'muted';
  } catch (error) {
    video.muted = false;
    return refused(error) ? 'blocked' : 'gone';
  }
}
