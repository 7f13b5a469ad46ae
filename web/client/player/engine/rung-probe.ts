/** A probe that takes longer has answered: no. It must not starve what is playing. */
const PROBE_LIMIT_MS = 450;
/** Below this the clock and the socket's buffers say more than the link. */
const MIN_BODY_MS = 8;

const lastUri = (playlist: string): string | null => {
  const independent = [...playlist.matchAll(/^#EXT-X-PART:.*$/gm)]
    .map(([line]) => line)
    .filter((line) => line.includes('INDEPENDENT=YES'))
    .at(-1);
  const part = independent === undefined ? null : /URI="([^"]+)"/.exec(independent)?.[1];
  return part ?? null;
};

/** Milliseconds from the first byte to the last, and the bytes. */
async function timeBody(url: string, signal: AbortSignal): Promise<{ ms: number; bytes: number }> {
  const response = await fetch(url, { cache: 'no-store', signal, priority: 'low' });
  const reader = response.body?.getReader();
  const startedAt = performance.now();
  let bytes = 0;
  while (reader !== undefined && response.ok) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    bytes += value.byteLength;
  }
  return { ms: performance.now() - startedAt, bytes };
}

/**
 * What the link carries, bits a second, by downloading one part of a rung that is not playing:
 * its newest keyframe, the largest there is. Null: it did not arrive in time.
 *
 * @param playlistUrl the rung's media playlist
 */
export async function probeRung(
  playlistUrl: string,
  destroyed: AbortSignal,
): Promise<number | null> {
  try {
    const playlist = await fetch(playlistUrl, { cache: 'no-store', signal: destroyed });
    const uri = lastUri(playlist.ok ? await playlist.text() : '');
    if (uri === null) {
      return null;
    }
    const limit = AbortSignal.any([destroyed, AbortSignal.timeout(PROBE_LIMIT_MS)]);
    const { ms, bytes } = await timeBody(new URL(uri, playlist.url).href, limit);
    return bytes === 0 ? null : (bytes * 8 * 1000) / Math.max(MIN_BODY_MS, ms);
  } catch {
    return null;
  }
}
