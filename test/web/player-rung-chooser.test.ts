import { describe, expect, it } from 'vitest';
import { RungChooser } from '../../web/client/player/engine/rung-chooser.ts';

const RUNGS = [700_000, 1_400_000, 2_700_000];
const TOP = 2;

const part = (bodySeconds: number, loadedBytes = 60_000) => ({
  bodySeconds,
  totalSeconds: bodySeconds + 0.04,
  loadedBytes,
  totalBytes: 60_000,
  mediaSeconds: 0.2,
});

describe('rung chooser', () => {
  it('stays while parts come faster than they play', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    for (let at = 0; at < 10; at += 0.2) chooser.downloaded(at, part(0.1));
    expect(chooser.rung).toBe(TOP);
  });

  it('falls when parts take as long as they play', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    expect(chooser.downloaded(0, part(0.3))).toBe(false);
    expect(chooser.downloaded(0.4, part(0.3))).toBe(true);
    expect(chooser.rung).toBeLessThan(TOP);
  });

  it('falls as far as the measured bandwidth says', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    chooser.downloaded(0, part(0.48));
    chooser.downloaded(0.5, part(0.48));
    expect(chooser.rung).toBe(0);
  });

  it('drops a part on its way that would come too late', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    expect(chooser.downloading(0, part(0.2, 20_000), 0.4)).toBe(false);
    expect(chooser.downloading(0.2, part(0.4, 30_000), 0.3)).toBe(true);
    expect(chooser.rung).toBe(0);
  });

  it('does not take one lost packet for a narrow link', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    for (let at = 0; at < 20; at += 0.2) {
      chooser.downloading(at, part(0.24, 30_000), 0.4);
      chooser.downloaded(at, part(Math.round(at * 5) % 10 === 0 ? 0.26 : 0.04));
    }
    expect(chooser.rung).toBe(TOP);
  });

  it('falls at once while bytes trickle in, without waiting for the part', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    const looks = [0.05, 0.1, 0.15, 0.2].map((body) =>
      chooser.downloading(body, part(body, body * 125_000), 0.6),
    );
    expect(looks).toEqual([false, false, true, false]);
  });

  it('sees bytes trickle in though some looks come between two progress events', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    const looks = [0.05, 0.1, 0.15, 0.2, 0.25].map((body, index) =>
      chooser.downloading(body, part(body, 6000 * (1 + Math.floor(index / 2))), 0.6),
    );
    expect(looks).toEqual([false, false, false, false, true]);
  });

  it('takes bytes that stop for a lost packet for no trickle', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    const bytes = [6000, 12_000, 12_000, 12_000, 12_000, 18_000, 60_000];
    const looks = bytes.map((loaded, index) =>
      chooser.downloading(index / 20, part(0.05 + index / 20, loaded), 0.6),
    );
    expect(looks).not.toContain(true);
  });

  it('does not probe while the link is busy with what is playing', () => {
    const chooser = new RungChooser(RUNGS, 0);
    for (let at = 0; at < 20; at += 0.2) chooser.downloaded(at, part(0.12, 15_000));
    expect(chooser.probeDue(20)).toBeNull();
  });

  it('keeps a slow part that the buffer outlasts', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    expect(chooser.downloading(0, part(0.4, 50_000), 2)).toBe(false);
  });

  it('rises one rung only after a download of that rung has proven the way', () => {
    const chooser = new RungChooser(RUNGS, TOP);
    chooser.downloaded(0, part(0.48));
    chooser.downloaded(0.5, part(0.48));
    expect(chooser.probeDue(1)).toBeNull();
    for (let at = 4; at < 5; at += 0.2) chooser.downloaded(at, part(0.02, 15_000));
    expect(chooser.probeDue(5)).toBe(1);
    chooser.probed(5, 1, 900_000);
    expect(chooser.rising).toBeNull();
    expect(chooser.probeDue(6)).toBeNull();
    for (let at = 12; at < 13; at += 0.2) chooser.downloaded(at, part(0.02, 15_000));
    expect(chooser.probeDue(13)).toBe(1);
    chooser.probed(13, 1, 9_000_000);
    expect(chooser.rising).toBe(1);
    expect(chooser.rung).toBe(0);
    chooser.rise(14);
    expect(chooser.rung).toBe(1);
  });

  it('asks more and more rarely when a rise failed at once', () => {
    const chooser = new RungChooser(RUNGS.slice(0, 2), 1);
    const due: number[] = [];
    let at = 0;
    for (let round = 0; round < 3; round += 1) {
      chooser.downloaded(at, part(0.48));
      chooser.downloaded(at + 0.4, part(0.48));
      expect(chooser.rung).toBe(0);
      const fellAt = at;
      while (chooser.probeDue(at) === null) {
        at += 0.2;
        chooser.downloaded(at, part(0.02, 15_000));
      }
      due.push(at - fellAt);
      chooser.probed(at, 1, 9_000_000);
      chooser.rise(at);
    }
    expect(due[2] ?? 0).toBeGreaterThan((due[0] ?? 0) * 3);
  });

  it('has nowhere to fall from the lowest rung', () => {
    const chooser = new RungChooser(RUNGS, 0);
    chooser.downloaded(0, part(0.5));
    expect(chooser.downloaded(0.5, part(0.5))).toBe(false);
    expect(chooser.rung).toBe(0);
  });
});
