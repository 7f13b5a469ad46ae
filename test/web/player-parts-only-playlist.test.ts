import { describe, expect, it } from 'vitest';
import { playableFromParts } from '../../web/client/player/engine/parts-only-playlist.ts';

const begun = [
  '#EXTM3U',
  '#EXT-X-VERSION:9',
  '#EXT-X-TARGETDURATION:4',
  '#EXT-X-PART-INF:PART-TARGET=0.2',
  '#EXT-X-MEDIA-SEQUENCE:1',
  '#EXT-X-MAP:URI="init-1.mp4"',
  '#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00.000Z',
  '#EXT-X-PART:DURATION=0.2,URI="part-0.m4s",INDEPENDENT=YES',
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-1.m4s"',
  '',
].join('\n');

describe('a playlist of parts alone', () => {
  it('gets a gap of no length before its first part, and keeps the numbers of its segments', () => {
    const lines = playableFromParts(begun).split('\n');
    expect(lines).toContain('#EXT-X-MEDIA-SEQUENCE:0');
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
    const order = ['#EXT-X-MAP', '#EXT-X-GAP', '#EXTINF:', '#EXT-X-PROGRAM', '#EXT-X-PRELOAD'];
    expect(order.map(at)).toEqual(order.map(at).toSorted((a, b) => a - b));
    expect(order.map(at)).not.toContain(-1);
    expect(lines.filter((line) => !begun.includes(line))).toHaveLength(5);
  });

  it('stays as it is where no number is left before its first segment', () => {
    const first = begun.replace('SEQUENCE:1', 'SEQUENCE:0');
    expect(playableFromParts(first)).toBe(first);
  });
});

it.each([
  ['a playlist with a segment', `${begun}#EXTINF:2,\nseg-1.m4s\n`],
  ['a multivariant playlist', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nsource/index.m3u8\n'],
])('%s stays as it is', (_, playlist) => {
  expect(playableFromParts(playlist)).toBe(playlist);
});
