import { describe, expect, it } from 'vitest';
import { playlistFaults, successionFaults } from '../../support/llhls/playlist-rules.ts';
import { parseMediaPlaylist } from '../../support/llhls/playlist-text.ts';

const SOUND = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=24,PART-HOLD-BACK=0.6,HOLD-BACK=12
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXT-X-PART:DURATION=0.2,URI="part-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="part-1.m4s"
#EXT-X-PART:DURATION=0.1,URI="part-2.m4s"
#EXTINF:0.5,
seg-7.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:03.000Z
#EXT-X-PART:DURATION=0.2,URI="part-3.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-4.m4s"
#EXT-X-RENDITION-REPORT:URI="../audio/index.m3u8",LAST-MSN=8,LAST-PART=0
`;

const faultsAfter = (from: string | RegExp, to: string) => {
  expect(SOUND.replace(from, to)).not.toBe(SOUND);
  return playlistFaults(parseMediaPlaylist(SOUND.replace(from, to))).join('; ');
};

describe('the validator', () => {
  it('finds nothing wrong with a sound playlist', () => {
    expect(playlistFaults(parseMediaPlaylist(SOUND))).toEqual([]);
  });

  it.each([
    [
      'a part above PART-TARGET',
      /DURATION=0.2,URI="part-1/,
      'DURATION=0.201,URI="part-1',
      'above PART-TARGET',
    ],
    ['a part below 85 %', /DURATION=0.2,URI="part-1/, 'DURATION=0.16,URI="part-1', 'below 85 %'],
    ['a hold back below three parts', 'PART-HOLD-BACK=0.6', 'PART-HOLD-BACK=0.5', 'PART-HOLD-BACK'],
    ['a hold back below three segments', ',HOLD-BACK=12', ',HOLD-BACK=8', 'HOLD-BACK'],
    ['a skip boundary below six', 'CAN-SKIP-UNTIL=24', 'CAN-SKIP-UNTIL=12', 'CAN-SKIP-UNTIL'],
    ['a segment too long', 'EXTINF:0.5', 'EXTINF:4.6', 'rounds above'],
    ['a missing date', /#EXT-X-PROGRAM.*03.000Z\n/, '', 'no PROGRAM-DATE-TIME'],
    [
      'a discontinuity without MAP',
      /#EXT-X-MAP:URI="init-2.mp4"\n/,
      '',
      'DISCONTINUITY without MAP',
    ],
    [
      'a discontinuity after the first part',
      /(#EXT-X-DISCONTINUITY\n)([\s\S]*?)(#EXT-X-PRELOAD)/,
      '$2$1$3',
      'after its first part',
    ],
    ['a missing hint', /#EXT-X-PRELOAD-HINT.*\n/, '', 'PRELOAD-HINT'],
    ['a hint after the end', /$/, '#EXT-X-ENDLIST\n', 'after ENDLIST'],
    ['an absolute report', '../audio', 'http://host/audio', 'RENDITION-REPORT'],
    ['an unknown line', '#EXT-X-VERSION:9', '#EXT-X-VERSION:9\n#EXT-X-NONSENSE', 'unknown line'],
  ])('finds %s', (_, from, to, expected) => {
    expect(faultsAfter(from, to)).toContain(expected);
  });

  it('finds what changed between two playlists and must not', () => {
    const before = parseMediaPlaylist(SOUND);
    const changes = (from: string | RegExp, to: string) =>
      successionFaults(before, parseMediaPlaylist(SOUND.replace(from, to))).join('; ');
    expect(changes('x', 'x')).toBe('');
    expect(changes('TARGETDURATION:4', 'TARGETDURATION:5')).toContain('TARGETDURATION changed');
    expect(changes('SEQUENCE:7', 'SEQUENCE:6')).toContain('MEDIA-SEQUENCE went back');
    expect(changes('EXTINF:0.5', 'EXTINF:0.4')).toContain('segment 7 changed');
    expect(changes('part-3.m4s', 'part-9.m4s')).toContain('part 8.0 changed');
    expect(changes('00:00:03', '00:00:04')).toContain('its date changed');
  });

  it('expands a delta update to the list it stands for', () => {
    const full = parseMediaPlaylist(SOUND);
    const delta = SOUND.replace(
      /#EXT-X-MAP:URI="init-1[\s\S]*seg-7.m4s/,
      '#EXT-X-SKIP:SKIPPED-SEGMENTS=1',
    );
    expect(parseMediaPlaylist(delta, full).segments).toEqual(full.segments);
  });
});
