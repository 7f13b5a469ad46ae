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
      const playingAt = playback.playingAt();
      const serverNow = Date.now() + clock.offsetMs();
      store.set({
        // In steps of 50 ms: finer is noise, and every change renders.
        latencySeconds: playingAt === null ? null : Math.round((serverNow - playingAt) / 50) / 20,
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
