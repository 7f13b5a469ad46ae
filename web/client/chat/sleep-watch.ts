import type { Surroundings } from './surroundings.ts';

const TICK_MS = 5_000;
/** A tick that comes so late shows that the machine slept. */
const LATE_MS = 10_000;

type Watched = Pick<Surroundings, 'now' | 'after' | 'onWake'>;

interface SleepWatchHost {
  onWake(what: 'network' | 'page'): void;
  onTick(): void;
}

/** Notices that somebody is back: the network, the page, or the whole machine from its sleep. */
export class SleepWatch {
  readonly #surroundings: Watched;
  readonly #host: SleepWatchHost;
  #stop = () => {};

  constructor(surroundings: Watched, host: SleepWatchHost) {
    this.#surroundings = surroundings;
    this.#host = host;
  }

  start(): void {
    const { now, after, onWake } = this.#surroundings;
    let tickedAt = now();
    let cancelTick = () => {};
    const tick = () => {
      cancelTick = after(TICK_MS, tick);
      const isLate = now() - tickedAt > TICK_MS + LATE_MS;
      tickedAt = now();
      if (isLate) this.#host.onWake('page');
      else this.#host.onTick();
    };
    cancelTick = after(TICK_MS, tick);
    const unlisten = onWake((what) => this.#host.onWake(what));
    this.#stop = () => {
      cancelTick();
      unlisten();
    };
  }

  stop(): void {
    this.#stop();
  }
}
