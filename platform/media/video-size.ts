import { badMedia } from './bit-reader.ts';

/** Throws AppError for a size that no decoder shows. */
export function checkSize(width: number, height: number): void {
  if (width >= 2 && height >= 2 && width <= 16_384 && height <= 16_384) return;
  throw badMedia(
    'video_size_invalid',
    `A video of ${width}x${height} pixels cannot be shown; set an output resolution in the encoder.`,
  );
}
