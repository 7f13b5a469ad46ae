import { gunzipSync } from 'node:zlib';

/** Where a live media playlist ends, and what to ask for next. */
export interface PlaylistEdge {
  /** Sequence number of the segment the newest part belongs to, and the part's place in it. */
  msn: number;
  part: number;
  newestPartUri: string;
  /** Query that blocks until the next part exists. */
  nextQuery: string;
}

/** Reads the end of a media playlist with parts; null when it advertises none. */
export function playlistEdge(body: Buffer): PlaylistEdge | null {
  const isZipped = body[0] === 0x1f && body[1] === 0x8b;
  const text = (isZipped ? gunzipSync(body) : body).toString();
  let msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0);
  let partsOfSegment = 0;
  let newest: { msn: number; part: number; newestPartUri: string } | null = null;
  for (const line of text.split('\n')) {
    const uri = line.startsWith('#EXT-X-PART:') ? /URI="([^"]+)"/.exec(line)?.[1] : undefined;
    if (uri !== undefined) {
      newest = { msn, part: partsOfSegment, newestPartUri: uri };
      partsOfSegment += 1;
    } else if (line !== '' && !line.startsWith('#')) {
      msn += 1;
      partsOfSegment = 0;
    }
  }
  if (newest === null) return null;
  // When the newest part ends its segment, part 0 of the one being made is next.
  const next = newest.msn === msn ? { msn, part: partsOfSegment } : { msn, part: 0 };
  return { ...newest, nextQuery: `?_HLS_msn=${next.msn}&_HLS_part=${next.part}` };
}
