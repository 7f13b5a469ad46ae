import { AppError } from '../../platform/errors.ts';
import type { AddressPlaces } from '../sockets/address-places.ts';
import { waitersRefused } from '../sockets/socket-metrics.ts';

const MOST_IN_ALL = 20_000;

/** Long polls and event streams that are open: bounded in all and of one address. */
export class FallbackPlaces {
  readonly #addresses: AddressPlaces;
  readonly #stops = new Set<() => void>();
  #taken = 0;

  /** @param addresses the places of sockets as well */
  constructor(addresses: AddressPlaces) {
    this.#addresses = addresses;
  }

  /**
   * Returns the function that gives it back.
   *
   * @param onTooMany called a moment later when the address holds too many on other nodes
   * @throws AppError `connections_too_many`
   */
  take(address: string, onTooMany: () => void): () => void {
    if (this.#taken >= MOST_IN_ALL || !this.#addresses.take(address, onTooMany)) {
      waitersRefused.inc();
      throw new AppError({
        code: 'connections_too_many',
        message: 'Too many chats are open here or from this address: close some and try again.',
        status: 429,
        retryable: true,
      });
    }
    this.#taken++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#taken--;
      this.#addresses.release(address);
    };
  }

  /** Called when the node stops. Returns the function that forgets it. */
  onStop(stop: () => void): () => void {
    this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }

  stop(): void {
    for (const stop of [...this.#stops]) stop();
    this.#stops.clear();
  }
}
