/**
 * Keeps the last frame on screen, as the poster, while the element gets another stream; resolves
 * when it may.
 */
export async function holdPicture(video: HTMLVideoElement): Promise<void> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) {
    return;
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const before = video.poster;
  const url = URL.createObjectURL(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
  video.poster = url;
  const release = () => {
    URL.revokeObjectURL(url);
    video.poster = before;
  };
  video.addEventListener('playing', release, { once: true });
}
