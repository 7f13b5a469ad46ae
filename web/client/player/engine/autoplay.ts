export type AutoplayAnswer = 'playing' | 'muted' | 'blocked' | 'gone';

const refused = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotAllowedError';

/**
 * Plays with sound where the browser lets a page do that, else without, else not at all.
 * `gone`: the load was replaced meanwhile, the answer no longer matters.
 */
export async function autoplay(video: HTMLVideoElement): Promise<AutoplayAnswer> {
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
