import type { Page } from 'playwright-core';
import { CLOCK, CLOCK_BITS, CLOCK_MODULUS } from './burned-clock.ts';

/** One frame that was on screen: wall ms, and how old its clock was then. */
export interface Sight {
  at: number;
  latencyMs: number;
}

export interface Readings {
  sights: Sight[];
  /** Sound minus picture of each beep that was heard and seen, ms; positive: sound is late. */
  avOffsetsMs: number[];
  /** Frames whose clock could not be read. */
  unreadable: number;
}

/** What the page keeps between two readings; as long as a reading is due every minute. */
const MAX_KEPT = 20_000;

/**
 * Watches the page's video from inside the page. Runs in the browser as it stands there, so it
 * may use nothing from outside itself.
 */
function watch(settings: {
  bits: number;
  valueBits: number;
  rowHeight: number;
  modulus: number;
  maxKept: number;
}): void {
  const found = document.querySelector('video');
  if (found === null) throw new Error('There is no video element.');
  const video: HTMLVideoElement = found;
  const state = {
    sights: [] as { at: number; latencyMs: number }[],
    flashes: [] as number[],
    beeps: [] as number[],
    unreadable: 0,
  };
  Reflect.set(window, '__clockState', state);
  const canvas = document.createElement('canvas');
  canvas.width = settings.bits * 4;
  canvas.height = 8;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let flashing = false;

  const bright = (pixels: Uint8ClampedArray, bit: number, row: number) =>
    (pixels[(row * canvas.width + bit * 4 + 2) * 4] ?? 0) > 128;

  const read = (displayedAt: number) => {
    if (context === null) return;
    const height = video.videoHeight * settings.rowHeight * 2;
    context.drawImage(video, 0, 0, video.videoWidth, height, 0, 0, canvas.width, 8);
    const pixels = context.getImageData(0, 0, canvas.width, 8).data;
    let value = 0;
    let parity = 0;
    for (let bit = 0; bit < settings.bits; bit += 1) {
      const set = bright(pixels, bit, 1) ? 1 : 0;
      if (bit < settings.valueBits) value = value * 2 + set;
      else parity = parity * 2 + set;
    }
    let sum = 5;
    for (let shift = 0; shift < settings.valueBits; shift += 4) sum += (value >>> shift) & 0xf;
    if ((sum & 0xf) !== parity) {
      state.unreadable += 1;
      return;
    }
    const flash = bright(pixels, 5, 6);
    if (flash && !flashing) state.flashes.push(displayedAt);
    flashing = flash;
    const age = (Math.round(displayedAt) - value) % settings.modulus;
    const latencyMs = age < 0 ? age + settings.modulus : age;
    if (state.sights.length < settings.maxKept) state.sights.push({ at: displayedAt, latencyMs });
  };
  const onFrame = () => {
    read(Date.now());
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
}

/**
 * Listens to the page's video through Web Audio, which takes the samples at the moment the
 * browser's audio clock, which the picture follows, plays them. Runs in the browser.
 */
async function listen(): Promise<void> {
  const video = document.querySelector('video');
  const state = Reflect.get(window, '__clockState') as { beeps: number[] };
  if (video === null) return;
  const audio = new AudioContext({ latencyHint: 'interactive' });
  await audio.resume();
  const worklet = `registerProcessor('beeps', class extends AudioWorkletProcessor {
    quietUntil = 0;
    process([input]) {
      const samples = input[0];
      if (!samples) return true;
      for (let index = 0; index < samples.length; index += 1) {
        const time = currentTime + index / sampleRate;
        if (Math.abs(samples[index]) > 0.15) {
          if (time > this.quietUntil) this.port.postMessage(time);
          this.quietUntil = time + 0.3;
        }
      }
      return true;
    }
  })`;
  const url = URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' }));
  await audio.audioWorklet.addModule(url);
  const node = new AudioWorkletNode(audio, 'beeps');
  audio.createMediaElementSource(video).connect(node);
  node.connect(audio.destination);
  node.port.onmessage = ({ data }: MessageEvent<number>) => {
    const { contextTime = 0, performanceTime = 0 } = audio.getOutputTimestamp();
    const heardAt = performanceTime + (data - contextTime) * 1000;
    state.beeps.push(Date.now() - performance.now() + heardAt);
  };
}

/** Starts reading the burned clock off the page's video. @param sound also compare the sound */
export async function startReading(page: Page, options: { sound: boolean }): Promise<void> {
  await page.evaluate(watch, {
    bits: CLOCK_BITS,
    valueBits: CLOCK.valueBits,
    rowHeight: CLOCK.rowHeight,
    modulus: CLOCK_MODULUS,
    maxKept: MAX_KEPT,
  });
  if (options.sound) {
    await page.evaluate(listen);
  }
}

/** What was seen and heard since the last call. */
export async function takeReadings(page: Page): Promise<Readings> {
  const { sights, flashes, beeps, unreadable } = await page.evaluate(() => {
    const state = Reflect.get(window, '__clockState');
    const taken = { ...state };
    state.sights = [];
    // The newest flash or beep may still wait for its other half.
    state.flashes = taken.flashes.slice(-1);
    state.beeps = taken.beeps.slice(-1);
    state.unreadable = 0;
    return taken as { sights: Sight[]; flashes: number[]; beeps: number[]; unreadable: number };
  });
  return { sights, avOffsetsMs: pairUp(flashes, beeps), unreadable };
}

/** A beep belongs to the flash nearest to it; the two are never half a second apart. */
function pairUp(flashes: number[], beeps: number[]): number[] {
  const offsets: number[] = [];
  for (const beep of beeps) {
    const nearest = flashes
      .map((flash) => beep - flash)
      .sort((a, b) => Math.abs(a) - Math.abs(b))[0];
    if (nearest !== undefined && Math.abs(nearest) < 500) offsets.push(nearest);
  }
  return offsets;
}
