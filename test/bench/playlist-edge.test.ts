import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { playlistEdge } from '../../bench/support/playlist-edge.ts';

const BEFORE = '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:40\n#EXTINF:2,\n40.m4s\n';
const PARTS = '#EXT-X-PART:DURATION=0.2,URI="p1.m4s"\n#EXT-X-PART:DURATION=0.2,URI="p2.m4s"\n';

describe('the end of a live playlist', () => {
  it('asks for the next part of the segment that is being made', () => {
    expect(playlistEdge(Buffer.from(BEFORE + PARTS))).toEqual({
      msn: 41,
      part: 1,
      newestPartUri: 'p2.m4s',
      nextQuery: '?_HLS_msn=41&_HLS_part=2',
    });
  });

  it('asks for part 0 of the next segment when the newest part ended its own', () => {
    const text = `${BEFORE + PARTS}#EXTINF:0.4,\n41.m4s\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p3"\n`;
    expect(playlistEdge(gzipSync(text))).toMatchObject({
      msn: 41,
      part: 1,
      nextQuery: '?_HLS_msn=42&_HLS_part=0',
    });
  });

  it('is nothing where no parts are advertised', () => {
    expect(playlistEdge(Buffer.from(BEFORE))).toBeNull();
  });
});
