import type { Clock } from '../../platform/clock.ts';
import { flushSeconds } from './socket-metrics.ts';

/** Sockets that are written to one after the other, in one go. */
export interface Flushable {
  /** 0 to 1: its place in the window, so that not all are written to at once. */
  readonly phase: number;
  /** Sockets in it. */
  readonly size: number;
  flush(): void;
}

/** Below so many deliveries a second, everything goes out at once. */
const QUIET_DELIVERIES = 15_000;
/** Above, the window is as long as it takes to stay near so many writes a second. */
const WRITES_PER_SECOND = 20_000;
const SHORTEST_WINDOW_MS = 40;
const LONGEST_WINDOW_MS = 200;
/** What one run may hold the event loop, before the next part waits its turn. */
const RUN_MS = 4;
const TICK_MS = 5;
/** Load is counted over the last second, in so many parts. */
const PARTS = 4;
const PART_MS = 1_000 / PARTS;

/**
 * Decides when sockets are written to. A write costs the same whatever is in it: while it is
 * quiet everything is written at once, under load what comes within a window goes out together.
 */
export class Pacer {
  readonly #clock: Clock;
  /** Sockets on this node. */
  #sockets = 0;
  readonly #wanted: number[] = Array.from({ length: PARTS }, () => 0);
  #part = 0;
  readonly #waiting = new Map<Flushable, number>();
  readonly #ready = new Set<Flushable>();
  #isRunning = false;
  #cancelTick: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sockets came or went. */
  resize(by: number): void {
    this.#sockets += by;
  }

  /** As many deliveries are wanted. */
  expect(count: number): void {
    this.#turn();
    this.#wanted[this.#part % PARTS] = (this.#wanted[this.#part % PARTS] ?? 0) + count;
  }

  get windowMs(): number {
    this.#turn();
    const perSecond = this.#wanted.reduce((sum, part) => sum + part, 0);
    if (perSecond < QUIET_DELIVERIES) return 0;
    const windowMs = (this.#sockets / WRITES_PER_SECOND) * 1_000;
    return Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, windowMs));
  }

  /** It has something to write: `flush` is called once for all wakes until then. */
  wake(slots: Iterable<Flushable>): void {
    const { windowMs } = this;
    const now = this.#clock.now();
    for (const slot of slots) {
      if (this.#waiting.has(slot)) continue;
      this.#waiting.set(slot, now + untilPhase(slot, now, windowMs));
      if (windowMs === 0) this.#ready.add(slot);
    }
    if (windowMs === 0) this.#run();
    else this.#tickLater();
  }

  /** It is empty and will not be flushed. */
  forget(slot: Flushable): void {
    this.#waiting.delete(slot);
  }

  close(): void {
    this.#cancelTick?.();
    this.#waiting.clear();
    this.#ready.clear();
  }

  #turn(): void {
    const part = Math.floor(this.#clock.now() / PART_MS);
    const passed = Math.min(PARTS, Math.max(0, part - this.#part));
    for (let step = 1; step <= passed; step++) this.#wanted[(this.#part + step) % PARTS] = 0;
    if (passed > 0) this.#part = part;
  }

  #tickLater(): void {
    this.#cancelTick ??= this.#clock.after(TICK_MS, () => {
      this.#cancelTick = null;
      const now = this.#clock.now();
      for (const [slot, due] of this.#waiting) {
        if (due <= now) this.#ready.add(slot);
      }
      this.#run();
      if (this.#waiting.size > 0) this.#tickLater();
    });
  }

  /** Writes for as long as a run may last; the rest follows when others had their turn. */
  #run(): void {
    if (this.#isRunning) return;
    const start = performance.now();
    for (const slot of this.#ready) {
      this.#ready.delete(slot);
      if (this.#waiting.delete(slot)) slot.flush();
      if (performance.now() - start >= RUN_MS) break;
    }
    flushSeconds.observe((performance.now() - start) / 1_000);
    if (this.#ready.size === 0) return;
    this.#isRunning = true;
    setImmediate(() => {
      this.#isRunning = false;
      this.#run();
    });
  }
}

function untilPhase(slot: Flushable, now: number, windowMs: number): number {
  if (windowMs === 0) return 0;
  const offset = slot.phase * windowMs;
  return windowMs - ((((now - offset) % windowMs) + windowMs) % windowMs);
}
