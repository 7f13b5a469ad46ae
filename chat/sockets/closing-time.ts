import type { Clock } from '../../platform/clock.ts';
import type { Connection } from './connection.ts';

const SPREAD_MS = 2_000;
const SLICES = 20;
/** For those whose clients do not answer the close frame. */
const LAST_WAIT_MS = 1_500;
const POLL_MS = 25;

/** Closes all connections of a node that stops, a slice at a time, and waits until they are gone. */
export class ClosingTime {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async close(all: ReadonlySet<Connection>): Promise<void> {
    const connections = [...all];
    const slice = Math.ceil(connections.length / SLICES);
    for (let from = 0; from < connections.length; from += slice) {
      for (const connection of connections.slice(from, from + slice)) connection.close('goingAway');
      // A few are gone at once; many take the whole time, so that they return one after the other.
      await this.#wait(Math.min(SPREAD_MS / SLICES, slice * 2));
    }
    const polls = LAST_WAIT_MS / POLL_MS;
    for (let poll = 0; all.size > 0 && poll < polls; poll++) await this.#wait(POLL_MS);
    for (const connection of [...all]) connection.terminate();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}
