const SEQUENCE = /^#EXT-X-MEDIA-SEQUENCE:(\d+)$/m;
const MAP = /^#EXT-X-MAP:.*$/m;
const GAP_SECONDS = 0.001;

/**
 * A media playlist of parts alone, as a stream has it until its first segment is whole, in a form
 * that hls.js 1.7 plays; any other as it is. hls.js refuses a playlist without a segment
 * (LEVEL_EMPTY_ERROR), and loads parts only where one that is listed ends before the open segment
 * begins (`shouldLoadParts`): a gap of no length before it is both.
 */
export function playableFromParts(playlist: string): string {
  const sequence = Number(SEQUENCE.exec(playlist)?.[1] ?? 0);
  const partsAlone = playlist.includes('\n#EXT-X-PART:') && !playlist.includes('\n#EXTINF:');
  if (!partsAlone || sequence === 0) return playlist;
  const gap = [
    '#EXT-X-GAP',
    `#EXT-X-PART:DURATION=${GAP_SECONDS},URI="gap",GAP=YES`,
    `#EXTINF:${GAP_SECONDS},`,
    'gap',
  ];
  return playlist
    .replace(SEQUENCE, `#EXT-X-MEDIA-SEQUENCE:${sequence - 1}`)
    .replace(MAP, (map) => [map, ...gap].join('\n'));
}
