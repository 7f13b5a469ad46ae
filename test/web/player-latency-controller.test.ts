import { describe, expect, it } from 'vitest';
import { LatencyController } from '../../web/client/player/engine/latency-controller.ts';

const PART = 0.2;
const FRAME = 1 / 60;

interface Viewing {
  controller: LatencyController;
  /** Seconds from a part being complete to it being in the buffer. */
  transit(part: number): number;
  /** Lag of the playhead behind the wall at the start, seconds. */
  lag: number;
  seconds: number;
}

/** Plays parts of PART seconds against the controller, as a media element would. */
function view({ controller, transit, lag, seconds }: Viewing) {
  const rates: number[] = [];
  const lags: number[] = [];
  const seeks: number[] = [];
  let position = -lag;
  let bufferEnd = 0;
  let stalls = 0;
  let stalled = false;
  let part = 0;
  let arrivesAt = PART + transit(0);
  let rate = 1;
  for (let at = 0; at < seconds; at += FRAME) {
    while (arrivesAt <= at) {
      controller.appended({ at: arrivesAt, endBefore: bufferEnd, endAfter: bufferEnd + PART });
      bufferEnd += PART;
      part += 1;
      arrivesAt = Math.max(arrivesAt, (part + 1) * PART + transit(part));
    }
    const decision = controller.decide({ at, position, bufferEnd });
    if (decision.kind === 'seek') {
      seeks.push(at);
      position = Math.min(decision.position, bufferEnd - 0.4);
      continue;
    }
    rate = decision.rate;
    const next = position + FRAME * rate;
    const empty = next > bufferEnd - 0.02;
    if (empty && !stalled) {
      stalls += 1;
      controller.stalled(at);
    }
    stalled = empty;
    if (!empty) position = next;
    rates.push(rate);
    lags.push(at - position);
  }
  return { rates, lags, seeks, stalls, last: lags.at(-1) ?? Number.NaN };
}

const steady = () => 0.03;

describe('latency controller', () => {
  it('brings a viewer who begins far back close to the edge and keeps it there', () => {
    const seen = view({
      controller: new LatencyController(),
      transit: steady,
      lag: 1.2,
      seconds: 60,
    });
    expect(seen.stalls).toBe(0);
    // The buffer ends one part behind the newest arrival; 0.15 s is its floor.
    expect(seen.last).toBeLessThan(0.2 + 0.03 + 0.15 + 0.04);
    expect(seen.rates.slice(-600).filter((rate) => rate !== 1).length).toBeLessThan(200);
  });

  it('never leaves the rates nobody hears', () => {
    const seen = view({
      controller: new LatencyController(),
      transit: steady,
      lag: 2.8,
      seconds: 60,
    });
    expect(Math.max(...seen.rates)).toBeLessThanOrEqual(1.1);
    expect(Math.min(...seen.rates)).toBeGreaterThanOrEqual(0.95);
  });

  it('slows down when the buffer is thinner than its floor', () => {
    const seen = view({
      controller: new LatencyController(),
      transit: steady,
      lag: 0.3,
      seconds: 20,
    });
    expect(seen.stalls).toBe(0);
    expect(seen.lags.at(-1)).toBeGreaterThan(0.31);
  });

  it('stands farther back the more unevenly parts arrive', () => {
    const uneven = (part: number) => (part % 5 === 0 ? 0.25 : 0.03);
    const calm = view({
      controller: new LatencyController(),
      transit: steady,
      lag: 1,
      seconds: 60,
    });
    const rough = view({
      controller: new LatencyController(),
      transit: uneven,
      lag: 1,
      seconds: 60,
    });
    expect(rough.last - calm.last).toBeGreaterThan(0.15);
    expect(rough.stalls).toBe(0);
  });

  it('keeps on a rough link what it takes to begin another rung', () => {
    const rough = new LatencyController();
    const everyFifth = (part: number) => (part % 25 === 24 ? 0.28 : 0.03);
    view({ controller: rough, transit: everyFifth, lag: 1, seconds: 40 });
    expect(rough.floor(40)).toBeGreaterThan(0.74);
    expect(rough.floor(40)).toBeLessThan(0.8);
  });

  it('is back where it was half a minute after an outage', () => {
    const outage = (part: number) => (part >= 100 && part < 175 && part % 5 === 0 ? 0.9 : 0.03);
    const seen = view({
      controller: new LatencyController(),
      transit: outage,
      lag: 1,
      seconds: 65,
    });
    const before = seen.lags[Math.round(20 / FRAME)] ?? 0;
    expect(seen.last).toBeLessThan(before * 1.15);
  });

  it('bears a hiccup every ten seconds without a stall', () => {
    const hiccups = (part: number) => (part % 50 === 49 ? 0.13 : 0.03);
    const controller = new LatencyController();
    const seen = view({ controller, transit: hiccups, lag: 0.6, seconds: 300 });
    expect(seen.stalls).toBe(0);
    expect(seen.last).toBeLessThan(0.45);
  });

  it('pays nothing for one hiccup alone', () => {
    const once = (part: number) => (part === 150 ? 0.4 : 0.03);
    const calm = view({
      controller: new LatencyController(),
      transit: steady,
      lag: 1,
      seconds: 40,
    });
    const hiccup = view({
      controller: new LatencyController(),
      transit: once,
      lag: 1,
      seconds: 40,
    });
    expect(Math.abs(hiccup.last - calm.last)).toBeLessThan(0.2);
  });

  it('stands back after a stall and comes closer again when the network proves calm', () => {
    const controller = new LatencyController();
    view({ controller, transit: steady, lag: 1, seconds: 60 });
    const before = controller.floor(60);
    controller.stalled(60);
    expect(controller.floor(60)).toBeGreaterThan(before + 0.1);
    expect(controller.floor(120)).toBeLessThan(before + 0.02);
  });

  it('never waits longer than a second, however often it stalled', () => {
    const controller = new LatencyController();
    for (let at = 0; at < 20; at += 1) controller.stalled(at);
    expect(controller.floor(20)).toBeLessThanOrEqual(0.9);
  });

  it('seeks when playing faster would take too long', () => {
    const seen = view({
      controller: new LatencyController(),
      transit: steady,
      lag: 8,
      seconds: 20,
    });
    expect(seen.seeks.length).toBeGreaterThan(0);
    expect(seen.last).toBeLessThan(1);
  });

  it('seeks sooner where the media to seek to is there already', () => {
    const controller = new LatencyController();
    const seen = view({ controller, transit: steady, lag: 0.4, seconds: 20 });
    expect(seen.seeks).toEqual([]);
    const behind = { at: 20, position: 20 - 2.3 };
    const near = controller.decide({ ...behind, bufferEnd: 20 - 2.1 });
    const far = controller.decide({ ...behind, bufferEnd: 20 - 0.03 });
    expect([near.kind, far.kind]).toEqual(['rate', 'seek']);
  });

  it('lets a starved buffer fill up to the floor before it goes on', () => {
    const controller = new LatencyController();
    const seen = view({ controller, transit: steady, lag: 1, seconds: 30 });
    const at = 30;
    controller.stalled(at);
    const position = at - seen.last + 0.2;
    const decision = controller.decide({ at, position, bufferEnd: position + 0.1 });
    expect(decision).toEqual({ kind: 'rate', rate: 0 });
    const later = controller.decide({ at: at + 0.9, position, bufferEnd: position + 1 });
    expect(later.kind === 'rate' && later.rate > 0).toBe(true);
  });

  it('waits for a picture that has run dry before the sound, a second at most', () => {
    const controller = new LatencyController();
    for (let at = 0; at < 5; at += 0.2) {
      controller.appended({ at, endBefore: at - 0.5, endAfter: at - 0.3 });
    }
    controller.stalled(5);
    const dry = { position: 4.6, bufferEnd: 4.5 };
    expect(controller.decide({ at: 5.1, ...dry })).toEqual({ kind: 'rate', rate: 0 });
    expect(controller.decide({ at: 5.9, ...dry })).toEqual({ kind: 'rate', rate: 0 });
    expect(controller.decide({ at: 6.1, ...dry })).not.toEqual({ kind: 'rate', rate: 0 });
  });

  it('stops just before it runs dry, and goes on with the next part when that is hardly late', () => {
    const controller = new LatencyController();
    view({ controller, transit: steady, lag: 1, seconds: 30 });
    const position = 29;
    const brink = controller.decide({ at: 30, position, bufferEnd: position + 0.03 });
    expect(brink).toEqual({ kind: 'rate', rate: 0 });
    const next = controller.decide({ at: 30.08, position, bufferEnd: position + 0.23 });
    expect(next.kind === 'rate' && next.rate > 0).toBe(true);
  });

  it('takes a longer stop for a stall, and lets go after a second without anything', () => {
    const controller = new LatencyController();
    view({ controller, transit: steady, lag: 1, seconds: 30 });
    const empty = { position: 29, bufferEnd: 29.02 };
    const before = controller.floor(30);
    controller.decide({ at: 30, ...empty });
    controller.decide({ at: 30.2, ...empty });
    expect(controller.floor(30.2)).toBeGreaterThan(before + 0.1);
    expect(controller.decide({ at: 30.9, ...empty })).toEqual({ kind: 'rate', rate: 0 });
    expect(controller.decide({ at: 31.1, ...empty })).not.toEqual({ kind: 'rate', rate: 0 });
  });

  it('waits for two parts when a stream comes back on a new timeline', () => {
    const controller = new LatencyController();
    view({ controller, transit: steady, lag: 1, seconds: 30 });
    controller.stalled(30);
    controller.decide({ at: 36, position: 29.5, bufferEnd: 29.5 });
    controller.timelineChanged();
    const first = controller.decide({ at: 37, position: 29.5, bufferEnd: 29.7 });
    expect(first).toEqual({ kind: 'rate', rate: 0 });
    const second = controller.decide({ at: 37.2, position: 29.5, bufferEnd: 29.9 });
    expect(second).toEqual({ kind: 'rate', rate: 1 });
  });

  it('learns anew when the timeline changes', () => {
    const controller = new LatencyController();
    view({ controller, transit: steady, lag: 1, seconds: 10 });
    expect(controller.targetLag(10)).not.toBeNull();
    controller.timelineChanged();
    expect(controller.targetLag(10)).toBeNull();
  });
});
