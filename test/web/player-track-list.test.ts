import { describe, expect, it } from 'vitest';
import { mustAttachAnew, parseTrackList } from '../../web/client/player/engine/track-list.ts';

const URL_OF_IT = 'https://tv.example/live/alpha/index.m3u8';
const AUDIO =
  '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,URI="s1/audio/index.m3u8"';
const rung = (name: string) => `#EXT-X-STREAM-INF:BANDWIDTH=1\ns1/${name}/index.m3u8`;
const offering = (...lines: string[]) =>
  parseTrackList(['#EXTM3U', ...lines, ''].join('\n'), URL_OF_IT);

describe('the tracks of a multivariant playlist', () => {
  it('are told by their absolute addresses', () => {
    const tracks = offering(AUDIO, rung('source'), rung('360p'));
    expect([...tracks.audio]).toEqual(['https://tv.example/live/alpha/s1/audio/index.m3u8']);
    expect([...tracks.video]).toEqual([
      'https://tv.example/live/alpha/s1/source/index.m3u8',
      'https://tv.example/live/alpha/s1/360p/index.m3u8',
    ]);
  });

  it('are no reason to attach anew while they are the same, in whatever order', () => {
    const attached = offering(AUDIO, rung('source'), rung('360p'));
    expect(mustAttachAnew(attached, offering(rung('360p'), rung('source'), AUDIO))).toBe(false);
  });

  it('are a reason when sound came or went, or a rung came', () => {
    const silent = offering(rung('source'));
    const sounding = offering(AUDIO, rung('source'));
    expect(mustAttachAnew(silent, sounding)).toBe(true);
    expect(mustAttachAnew(sounding, silent)).toBe(true);
    expect(mustAttachAnew(silent, offering(rung('source'), rung('360p')))).toBe(true);
  });

  it('are none when a rung went: the player leaves it by itself', () => {
    const attached = offering(AUDIO, rung('source'), rung('360p'));
    expect(mustAttachAnew(attached, offering(AUDIO, rung('source')))).toBe(false);
  });
});
