import type Hls from 'hls.js';
import { type AbrComponentAPI, Events, type Fragment, type LoaderStats, type Part } from 'hls.js';
import { meetBuffer } from './rung-alignment.ts';
import { RungChooser, type Transfer } from './rung-chooser.ts';
import { probeRung } from './rung-probe.ts';
import { startAtKeyframe } from './start-position.ts';

/** As often as a browser tells of a transfer's progress (XMLHttpRequest standard, 3.5.6). */
const TICK_MS = 50;
/** How near a segment's start the buffer has to end for a switch up to cost nothing, seconds. */
const BOUNDARY_SECONDS = 0.04;

const seconds = () => performance.now() / 1000;

const transferOf = (stats: LoaderStats, mediaSeconds: number, until: number): Transfer => ({
  bodySeconds: stats.loading.first > 0 ? Math.max(0, until - stats.loading.first) / 1000 : 0,
  totalSeconds: (until - stats.loading.start) / 1000,
  loadedBytes: stats.loaded,
  totalBytes: stats.total,
  mediaSeconds,
});

/**
 * Stands where hls.js has its own rate adaptation, which at the live edge takes waiting for
 * bandwidth: small parts never prove more than part bits over 50 ms, so it falls and stays down.
 */
export class AdaptiveQuality implements AbrComponentAPI {
  readonly #hls: Hls;
  readonly #timer: number;
  readonly #destroyed = new AbortController();
  #chooser: RungChooser | null = null;
  #loading: Fragment | null = null;
  #probing = false;

  constructor(hls: Hls) {
    this.#hls = hls;
    // The first of hls.js's parts to be made, so what is heard here is heard first.
    startAtKeyframe(hls);
    meetBuffer(hls);
    hls.on(Events.FRAG_LOADING, (_, { frag }) => {
      if (frag.type === 'main' && frag.sn !== 'initSegment') {
        this.#loading = frag;
      }
    });
    hls.on(Events.FRAG_LOADED, (_, { frag, part }) => {
      if (frag.type === 'main' && frag.sn !== 'initSegment') {
        this.#loaded(frag, part ?? null);
      }
    });
    hls.on(Events.MANIFEST_LOADING, () => {
      this.#chooser = null;
    });
    // A rung was taken away: the others have new numbers.
    hls.on(Events.LEVELS_UPDATED, () => {
      this.#chooser = null;
    });
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
  }

  destroy(): void {
    window.clearInterval(this.#timer);
    this.#destroyed.abort();
    this.#loading = null;
  }

  resetEstimator(): void {
    this.#chooser = null;
  }

  /** The best picture first: a link that does not carry it shows within the first part. */
  get firstAutoLevel(): number {
    return this.#choose().rung;
  }

  get forcedAutoLevel(): number {
    return -1;
  }

  get nextAutoLevel(): number {
    const chooser = this.#choose();
    if (chooser.rising !== null && this.#atBoundary()) {
      chooser.rise(seconds());
    }
    return chooser.rung;
  }

  set nextAutoLevel(level: number) {
    if (level >= 0) {
      this.#choose().force(level, seconds());
    }
  }

  #choose(): RungChooser {
    if (this.#chooser === null) {
      const rungs = this.#hls.levels.map((level) => level.maxBitrate);
      this.#chooser = new RungChooser(rungs, Math.max(0, rungs.length - 1));
    }
    return this.#chooser;
  }

  /** hls.js asks each time before it loads: at a segment's start a new rung needs nothing twice. */
  #atBoundary(): boolean {
    const ends = this.#hls.mainForwardBufferInfo?.end;
    const fragments = this.#hls.latestLevelDetails?.fragments ?? [];
    return (
      ends !== undefined &&
      fragments.some((fragment) => Math.abs(fragment.end - ends) < BOUNDARY_SECONDS)
    );
  }

  #loaded(frag: Fragment, part: Part | null): void {
    const stats = part?.stats ?? frag.stats;
    const transfer = transferOf(stats, part?.duration ?? frag.duration, stats.loading.end);
    if (this.#hls.autoLevelEnabled && this.#choose().downloaded(seconds(), transfer)) {
      // hls.js begins the next part of this fragment right after telling of this one.
      queueMicrotask(() => this.#drop(frag, part));
    }
  }

  #tick(): void {
    if (!this.#hls.autoLevelEnabled || this.#hls.levels.length < 2) {
      return;
    }
    this.#watchTransfer();
    const rung = this.#choose().probeDue(seconds());
    if (rung !== null && !this.#probing && !document.hidden) {
      this.#probe(rung);
    }
  }

  #watchTransfer(): void {
    const frag = this.#loading;
    if (frag === null) {
      return;
    }
    const part = this.#partOnItsWay(frag);
    const { stats, duration } = part ?? frag;
    if (stats.aborted || stats.loading.end > 0 || stats.loading.start === 0) {
      return;
    }
    const transfer = transferOf(stats, duration, performance.now());
    const ahead = this.#hls.mainForwardBufferInfo?.len ?? 0;
    if (this.#choose().downloading(seconds(), transfer, ahead)) {
      this.#drop(frag, part);
    }
  }

  /** hls.js says only which fragment it begins with, and loads its parts in a row. */
  #partOnItsWay(frag: Fragment): Part | null {
    const parts = this.#hls.latestLevelDetails?.partList ?? [];
    const onItsWay = ({ fragment, stats }: Part) =>
      fragment.sn === frag.sn && stats.loading.start > 0 && stats.loading.end === 0;
    return parts.findLast(onItsWay) ?? null;
  }

  /** Gives up what is on its way and goes on with the chosen rung. */
  #drop(frag: Fragment, part: Part | null): void {
    this.#loading = null;
    this.#hls.nextLoadLevel = this.#choose().rung;
    frag.abortRequests();
    const { stats } = part ?? frag;
    this.#hls.trigger(Events.FRAG_LOAD_EMERGENCY_ABORTED, { frag, part, stats });
  }

  #probe(rung: number): void {
    const url = this.#hls.levels[rung]?.uri;
    if (url === undefined) {
      return;
    }
    this.#probing = true;
    void probeRung(url, this.#destroyed.signal).then((bitsPerSecond) => {
      this.#probing = false;
      this.#chooser?.probed(seconds(), rung, bitsPerSecond);
    });
  }
}
