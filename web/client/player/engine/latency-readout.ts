import type { Playback } from './playback.ts';
import type { PlayerStore } from './player-store.ts';
import type { ServerClock } from './server-clock.ts';

const READOUT_MS = 250;

/** Keeps the figures on the page current: seconds behind the encoder, at the edge, stalls. */
export class LatencyReadout {
  readonly #timer: number;
  #playback: Playback | null = null;
  /** Stalls of playbacks that were replaced. */
  #stallsBefore = 0;

  constructor(store: PlayerStore, clock: ServerClock) {
    this.#timer = window.setInterval(() => {
      const playback = this.#playback;
      if (playback === null || store.state.status === 'ended') {
        return;
      }
      const latency = latencyOf(playback, Date.now() + clock.offsetMs());
      store.set({
        // In steps of 50 ms: finer is noise, and every change renders.
        latencySeconds: latency === null ? null : Math.round(latency * 20) / 20,
        atLiveEdge: playback.atLiveEdge(),
        stalls: this.#stallsBefore + playback.stalls(),
      });
    }, READOUT_MS);
  }

  follow(playback: Playback): void {
    this.#stallsBefore += this.#playback?.stalls() ?? 0;
    this.#playback = playback;
  }

  destroy(): void {
    window.clearInterval(this.#timer);
  }
}

/**
 * Seconds, by the dates in the playlist; never less than what lies in the buffer, which is what
 * is left to go by when the encoder's first frames came late and the dates lie ahead.
 */
function latencyOf(playback: Playback, serverNow: number): number | null {
  const playingAt = playback.playingAt();
  const behindNewest = playback.behindNewestSeconds();
  if (playingAt === null) {
    return behindNewest;
  }
  return Math.max((serverNow - playingAt) / 1000, behindNewest ?? 0);
}
