import { addressGroup } from './address-group.ts';

const WINDOW_MS = 60_000;
/** So many wrong keys a minute are typing mistakes; what comes after them waits for its answer. */
const FREE_TRIES = 10;
const DELAY_MS = 2000;
/** Answers that one address may wait for at a time. */
const MAX_WAITING = 8;
const MAX_ADDRESSES = 10_000;

interface Tries {
  since: number;
  wrong: number;
  waiting: number;
}

/**
 * Makes guessing keys slow and cheap for us. Asked only once a key turned out wrong: a right key from
 * the same address, behind one NAT say, is neither slowed down nor refused.
 */
export class WrongKeys {
  readonly #byAddress = new Map<string, Tries>();

  /**
   * Notes a wrong key. Milliseconds after which to say so: call `answered` when it was said. Or
   * `crowded`: so many answers wait for this address that this one is not kept waiting.
   */
  note(address: string, now: number): number | 'crowded' {
    const tries = this.#triesOf(addressGroup(address), now);
    tries.wrong += 1;
    if (tries.waiting >= MAX_WAITING) return 'crowded';
    tries.waiting += 1;
    return tries.wrong > FREE_TRIES ? DELAY_MS : 0;
  }

  answered(address: string): void {
    const tries = this.#byAddress.get(addressGroup(address));
    if (tries !== undefined) tries.waiting -= 1;
  }

  #triesOf(address: string, now: number): Tries {
    const known = this.#byAddress.get(address);
    if (known !== undefined) {
      if (now - known.since > WINDOW_MS) Object.assign(known, { since: now, wrong: 0 });
      return known;
    }
    if (this.#byAddress.size >= MAX_ADDRESSES) this.#byAddress.clear();
    const fresh = { since: now, wrong: 0, waiting: 0 };
    this.#byAddress.set(address, fresh);
    return fresh;
  }
}
