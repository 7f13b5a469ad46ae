import type Hls from 'hls.js';
import { type AbrComponentAPI, Events, type Fragment, type LoaderStats, type Part } from 'hls.js';
import { RungChooser, type Transfer } from './rung-chooser.ts';
import { probeRung } from './rung-probe.ts';

const TICK_MS = 100;
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
  #inFlight: { frag: Fragment; part: Part | null } | null = null;
  #probing = false;

  constructor(hls: Hls) {
    this.#hls = hls;
    hls.on(Events.FRAG_LOADING, (_, { frag, part }) => {
      if (frag.type === 'main' && frag.sn !== 'initSegment') {
        this.#inFlight = { frag, part: part ?? null };
      }
    });
    hls.on(Events.FRAG_LOADED, (_, { frag, part }) => {
      this.#loaded(frag, part);
    });
    hls.on(Events.MANIFEST_LOADING, () => {
      this.#chooser = null;
    });
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
  }

  destroy(): void {
    window.clearInterval(this.#timer);
    this.#destroyed.abort();
    this.#inFlight = null;
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
      this.#chooser = new RungChooser(rungs, Math.max(0, startRung(rungs)));
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

  #loaded(frag: Fragment, part: Part | null | undefined): void {
    if (frag !== this.#inFlight?.frag) {
      return;
    }
    this.#inFlight = null;
    const stats = part?.stats ?? frag.stats;
    const transfer = transferOf(stats, part?.duration ?? frag.duration, stats.loading.end);
    if (this.#hls.autoLevelEnabled && this.#choose().downloaded(seconds(), transfer)) {
      this.#hls.nextLoadLevel = this.#choose().rung;
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
    const flight = this.#inFlight;
    if (flight === null) {
      return;
    }
    const { frag, part } = flight;
    const stats = part?.stats ?? frag.stats;
    if (stats.aborted || stats.loading.end > 0 || stats.loading.start === 0) {
      return;
    }
    const transfer = transferOf(stats, part?.duration ?? frag.duration, performance.now());
    const ahead = this.#hls.mainForwardBufferInfo?.len ?? 0;
    if (!this.#choose().downloading(seconds(), transfer, ahead)) {
      return;
    }
    this.#inFlight = null;
    this.#hls.nextLoadLevel = this.#choose().rung;
    frag.abortRequests();
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

/** The browser's own guess of the link, megabits a second; it knows nothing above 10. */
function startRung(rungs: number[]): number {
  const connection: unknown = Reflect.get(navigator, 'connection');
  const downlink =
    typeof connection === 'object' && connection !== null
      ? Reflect.get(connection, 'downlink')
      : null;
  const top = rungs.length - 1;
  if (typeof downlink !== 'number' || downlink <= 0 || downlink >= 10) {
    return top;
  }
  const fits = rungs.findLastIndex((bitrate) => bitrate * 1.2 < downlink * 1e6);
  return Math.max(0, fits);
}
