import { AppError } from '../../platform/errors.ts';

export const MOST_EMOTE_BYTES = 1024 * 1024;
/** Pixels of a side. */
const LONGEST_SIDE = 4_096;
/** Of all frames together: what is decoded, so that a small file cannot unfold into gigabytes. */
const MOST_PIXELS = 32_000_000;
const MOST_FRAMES = 120;
const HEIGHT = 112;
const WIDTH = 336;
const MOST_ENCODED_BYTES = 512 * 1024;
const TIME_LIMIT_S = 10;
const MOST_AT_ONCE = 4;

const FORMATS: readonly ((bytes: Buffer) => boolean)[] = [
  (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  (bytes) => /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)),
  (bytes) => /^RIFF.{4}WEBP$/s.test(bytes.toString('latin1', 0, 12)),
];

let running = 0;

/**
 * Decodes what somebody uploaded and encodes it anew, so that nothing of the file reaches others
 * but its pixels.
 *
 * @throws AppError `emote_unreadable`, `emote_too_large` (400), `emotes_busy` (503)
 */
export async function encodeEmote(
  bytes: Buffer | null,
): Promise<{ image: Buffer; animated: boolean }> {
  if (bytes === null || !FORMATS.some((isIt) => isIt(bytes))) throw unreadable();
  if (running >= MOST_AT_ONCE) {
    throw new AppError({
      code: 'emotes_busy',
      message: 'Too many images are being prepared just now: try again in a moment.',
      status: 503,
      retryable: true,
    });
  }
  running++;
  try {
    return await encode(bytes);
  } finally {
    running--;
  }
}

async function encode(bytes: Buffer): Promise<{ image: Buffer; animated: boolean }> {
  // Loaded when somebody uploads: its library is large.
  const { default: sharp } = await import('sharp');
  const read = { limitInputPixels: MOST_PIXELS, failOn: 'error' } as const;
  const facts = await sharp(bytes, read).metadata().catch(failUnreadable);
  const { width, height, pages = 1 } = facts;
  if (width > LONGEST_SIDE || height > LONGEST_SIDE) throw tooLarge();
  const frames = Math.min(pages, MOST_FRAMES);
  if (width * height * frames > MOST_PIXELS) throw tooLarge();
  const image = await sharp(bytes, { ...read, pages: frames })
    .resize({ height: HEIGHT, width: WIDTH, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 85, alphaQuality: 90, loop: 0 })
    .timeout({ seconds: TIME_LIMIT_S })
    .toBuffer()
    .catch(failUnreadable);
  if (image.length > MOST_ENCODED_BYTES) throw tooLarge();
  return { image, animated: frames > 1 };
}

const failUnreadable = (error: unknown): never => {
  throw unreadable(error);
};

const unreadable = (cause?: unknown): AppError =>
  new AppError({
    code: 'emote_unreadable',
    message: 'This is no PNG, GIF or WebP that can be read. Save it again as one of them.',
    status: 400,
    cause,
  });

const tooLarge = (): AppError =>
  new AppError({
    code: 'emote_too_large',
    message: `The image is too large: at most ${LONGEST_SIDE} pixels a side, and less when it is animated. Make it smaller.`,
    status: 400,
  });
