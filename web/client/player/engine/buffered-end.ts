const NEAR_SECONDS = 0.1;

/** End of the range the playhead is in, or of the last one; null: nothing is buffered. */
export function bufferedEnd({ buffered, currentTime }: HTMLVideoElement): number | null {
  for (let index = 0; index < buffered.length; index += 1) {
    const begun = buffered.start(index) <= currentTime + NEAR_SECONDS;
    if (begun && currentTime <= buffered.end(index) + NEAR_SECONDS) return buffered.end(index);
  }
  return buffered.length === 0 ? null : buffered.end(buffered.length - 1);
}
