/**
 * The server's wall clock as seen from here. A `Date` header is a whole second, so one answer
 * says little; each narrows the range the offset can lie in, and a few leave milliseconds.
 */
const MAX_AGE_MS = 120_000;

interface Bound {
  at: number;
  lower: number;
  upper: number;
}

export class ServerClock {
  #bounds: Bound[] = [];

  /** @param answer local wall ms of sending and receiving, and the header's value in ms */
  observe(answer: { sentAt: number; receivedAt: number; serverDate: number }): void {
    if (!Number.isFinite(answer.serverDate)) {
      return;
    }
    const bound = {
      at: answer.receivedAt,
      lower: answer.serverDate - answer.receivedAt,
      upper: answer.serverDate + 1000 - answer.sentAt,
    };
    this.#bounds = this.#bounds.filter((one) => one.at > answer.receivedAt - MAX_AGE_MS).slice(-60);
    this.#bounds.push(bound);
  }

  /** Milliseconds to add to the local clock; 0 while nothing better is known. */
  offsetMs(): number {
    const lower = Math.max(...this.#bounds.map((one) => one.lower));
    const upper = Math.min(...this.#bounds.map((one) => one.upper));
    if (this.#bounds.length === 0 || lower > upper) {
      // Contradicting answers come from a clock that was set: the newest one knows.
      const newest = this.#bounds.at(-1);
      return newest === undefined ? 0 : (newest.lower + newest.upper) / 2;
    }
    // Equal clocks are by far the most likely case, and exact when the range allows them.
    return lower <= 0 && upper >= 0 ? 0 : (lower + upper) / 2;
  }
}
