const RETRY_MS = 400;

/**
 * Waits until a media playlist holds its first whole segment, without which hls.js refuses it
 * (LEVEL_EMPTY_ERROR) and asks again ever more slowly: a blocked request (rfc8216bis, 6.2.5.2)
 * answers at the very moment.
 */
export async function firstSegment(playlistUrl: string, signal: AbortSignal): Promise<void> {
  const url = new URL(playlistUrl);
  url.search = '';
  const playlist = await fetch(url, { cache: 'no-store', signal });
  const sequence = /^#EXT-X-MEDIA-SEQUENCE:(\d+)$/m.exec(await playlist.text())?.[1] ?? '0';
  url.searchParams.set('_HLS_msn', sequence);
  const answer = await fetch(url, { cache: 'no-store', signal });
  if (!answer.ok) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
