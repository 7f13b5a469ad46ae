/**
 * Which rung of the ladder to load at the live edge. There a part exists only as long as it
 * takes to make, so neither how often parts come nor how long a request takes says what the link
 * carries; the time between first and last byte of a part does, against the time it plays for.
 */
const EVIDENCE_SECONDS = 1.2;
/** Bodies that take this share of their playing time leave no room: the link is full. */
const FULL_RATIO = 0.9;
const MIN_EVIDENCE_PARTS = 2;
/** A lost packet holds a transfer up for a round trip and 200 ms; only more than that is slow. */
const SLOW_SECONDS = 0.35;
const SILENT_SECONDS = 1.2;
/** Bytes that keep coming, but this much too slowly, come over a narrow link: no need to wait. */
const TRICKLE = { seconds: 0.15, looks: 3, share: 0.7, pauseSeconds: 0.12 } as const;
/** A probe takes capacity from what is playing; above this load there is none to spare. */
const PROBE_LOAD = 0.4;
/** Measured bandwidth a rung may take when falling, and has to leave free when rising. */
const FALL_SHARE = 0.8;
const RISE_FACTOR = 1.35;
const PROBE = { first: 4, growth: 1.6, max: 15, failedRise: 30, riseProof: 10 } as const;

export interface Transfer {
  /** Seconds since the first byte, and since the request. */
  bodySeconds: number;
  totalSeconds: number;
  loadedBytes: number;
  /** 0: not known yet. */
  totalBytes: number;
  mediaSeconds: number;
}

export class RungChooser {
  /** Bits a second, ascending, audio included. */
  readonly #rungs: number[];
  #rung: number;
  #evidence: { at: number; body: number; media: number; bits: number }[] = [];
  #probeAt = Number.POSITIVE_INFINITY;
  #probeInterval: number = PROBE.first;
  #roseAt = Number.NEGATIVE_INFINITY;
  #risen: number | null = null;
  /** Looks at one transfer that found more bytes than the look before, none long after another. */
  #trickle = { bytes: 0, looks: 0, grewAt: 0 };

  constructor(rungs: number[], rung: number) {
    this.#rungs = rungs;
    this.#rung = rung;
  }

  get rung(): number {
    return this.#rung;
  }

  /** A higher rung that was proven and should be taken at the next segment; null: none. */
  get rising(): number | null {
    return this.#risen;
  }

  /** Set from outside: an error made this rung the only way. */
  force(rung: number, at: number): void {
    if (rung !== this.#rung) {
      this.#moveTo(rung, at);
    }
  }

  /** A part of the current rung is complete. True: the rung changed, down. */
  downloaded(at: number, part: Transfer): boolean {
    this.#evidence.push({
      at,
      body: part.bodySeconds,
      media: part.mediaSeconds,
      bits: part.loadedBytes * 8,
    });
    this.#evidence = this.#evidence.filter((one) => one.at > at - EVIDENCE_SECONDS);
    const { body, media, bits } = this.#sum();
    const full = this.#evidence.length >= MIN_EVIDENCE_PARTS && body > media * FULL_RATIO;
    return full && this.#fall(at, bits / body);
  }

  /** A part of the current rung is on its way. True: drop it, the rung changed, down. */
  downloading(at: number, part: Transfer, aheadSeconds: number): boolean {
    if (part.loadedBytes === 0) {
      return part.totalSeconds > SILENT_SECONDS + aheadSeconds && this.#fall(at, 0);
    }
    const bitsPerSecond = (part.loadedBytes * 8) / part.bodySeconds;
    if (this.#trickles(at, part, bitsPerSecond)) {
      return this.#fall(at, bitsPerSecond);
    }
    const slow = Math.max(SLOW_SECONDS, part.mediaSeconds * 1.5);
    if (part.bodySeconds < slow) {
      return false;
    }
    const remainingBits = Math.max(0, part.totalBytes - part.loadedBytes) * 8;
    const inTime = remainingBits / bitsPerSecond < aheadSeconds - part.mediaSeconds;
    return !inTime && this.#fall(at, bitsPerSecond);
  }

  /** The rung to try with a download nobody waits for; null: not now. */
  probeDue(at: number): number | null {
    const next = this.#rung + 1;
    if (next >= this.#rungs.length || this.#risen !== null || at < this.#probeAt) {
      return null;
    }
    const { body, media } = this.#sum();
    const known = this.#evidence.length >= MIN_EVIDENCE_PARTS;
    return !known || body > media * PROBE_LOAD ? null : next;
  }

  /** @param bitsPerSecond null: the probe did not finish in time */
  probed(at: number, rung: number, bitsPerSecond: number | null): void {
    const needed = (this.#rungs[rung] ?? Number.POSITIVE_INFINITY) * RISE_FACTOR;
    if (bitsPerSecond !== null && bitsPerSecond >= needed && rung === this.#rung + 1) {
      this.#risen = rung;
      return;
    }
    this.#probeInterval = Math.min(PROBE.max, this.#probeInterval * PROBE.growth);
    this.#probeAt = at + this.#probeInterval;
  }

  /** The segment is over: takes the proven rung. */
  rise(at: number): void {
    if (this.#risen !== null) {
      this.#moveTo(this.#risen, at);
      this.#roseAt = at;
    }
  }

  #trickles(at: number, { loadedBytes, bodySeconds }: Transfer, bitsPerSecond: number): boolean {
    const { bytes, looks, grewAt } = this.#trickle;
    const paused = at - grewAt > TRICKLE.pauseSeconds;
    if (loadedBytes < bytes) this.#trickle = { bytes: loadedBytes, looks: 1, grewAt: at };
    else if (loadedBytes > bytes) {
      this.#trickle = { bytes: loadedBytes, looks: paused ? 1 : looks + 1, grewAt: at };
    } else if (paused) this.#trickle.looks = 0;
    return (
      bodySeconds >= TRICKLE.seconds &&
      this.#trickle.looks >= TRICKLE.looks &&
      bitsPerSecond < (this.#rungs[this.#rung] ?? 0) * TRICKLE.share
    );
  }

  #fall(at: number, bitsPerSecond: number): boolean {
    this.#risen = null;
    if (this.#rung === 0) {
      return false;
    }
    let target = this.#rung - 1;
    while (target > 0 && (this.#rungs[target] ?? 0) > bitsPerSecond * FALL_SHARE) {
      target -= 1;
    }
    const failedRise = at - this.#roseAt < PROBE.riseProof;
    this.#moveTo(target, at);
    if (failedRise) {
      this.#probeInterval = Math.min(PROBE.failedRise, this.#probeInterval * 2);
      this.#probeAt = at + this.#probeInterval;
    }
    return true;
  }

  #moveTo(rung: number, at: number): void {
    const fell = rung < this.#rung;
    this.#rung = rung;
    this.#risen = null;
    this.#evidence = [];
    if (fell && at - this.#roseAt > PROBE.riseProof) {
      this.#probeInterval = PROBE.first;
    }
    this.#probeAt =
      rung + 1 < this.#rungs.length ? at + this.#probeInterval : Number.POSITIVE_INFINITY;
  }

  #sum(): { body: number; media: number; bits: number } {
    const sum = { body: 0, media: 0, bits: 0 };
    for (const one of this.#evidence) {
      sum.body += one.body;
      sum.media += one.media;
      sum.bits += one.bits;
    }
    return sum;
  }
}
