import type { FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What Chromium alone tells of a media element. */
declare global {
  interface HTMLMediaElement {
    webkitAudioDecodedByteCount: number;
    webkitVideoDecodedByteCount: number;
  }
}

export interface Playing {
  /** Seconds. */
  position: number;
  audioBytes: number;
  videoBytes: number;
  width: number;
  muted: boolean;
}

export const playing = (page: Page | FrameLocator): Promise<Playing> =>
  page.locator('video').evaluate((video: HTMLVideoElement) => ({
    position: video.currentTime,
    audioBytes: video.webkitAudioDecodedByteCount,
    videoBytes: video.webkitVideoDecodedByteCount,
    width: video.videoWidth,
    muted: video.muted,
  }));

/** Resolves once picture and sound have both gone on for `seconds` of media from now. */
export async function untilPlayedOn(
  page: Page | FrameLocator,
  seconds: number,
  timeout = 20_000,
): Promise<void> {
  const before = await playing(page);
  await expect
    .poll(
      async () => {
        const now = await playing(page);
        return (
          now.position >= before.position + seconds &&
          now.audioBytes > before.audioBytes &&
          now.videoBytes > before.videoBytes
        );
      },
      { timeout, interval: 100, message: `no ${seconds} s more were played with sound` },
    )
    .toBe(true);
}

/** Faults of the page, as they happen: errors, and what the page's policy had to stop. */
export async function collectFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.exposeFunction('reportViolation', (text: string) => faults.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      Reflect.get(
        globalThis,
        'reportViolation',
      )(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return faults;
}
