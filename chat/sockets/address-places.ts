import { isIPv6 } from 'node:net';

/** The places of an address on all nodes. */
export interface SharedPlaces {
  /** False: with those of other nodes it is more than `most`. `own`: how many it holds here now. */
  claim(network: string, own: number, most: number): Promise<boolean>;
  release(network: string, own: number): void;
}

/** How many connections each address holds. */
export class AddressPlaces {
  readonly #most: number;
  readonly #shared: SharedPlaces | null;
  readonly #taken = new Map<string, number>();

  constructor(most: number, shared: SharedPlaces | null = null) {
    this.#most = most;
    this.#shared = shared;
  }

  /**
   * False: it holds as many as it may.
   *
   * @param onTooMany called a moment later when the other nodes have the rest: it has to go
   */
  take(address: string, onTooMany: () => void): boolean {
    const network = networkOf(address);
    const taken = (this.#taken.get(network) ?? 0) + 1;
    if (taken > this.#most) return false;
    this.#taken.set(network, taken);
    void this.#shared?.claim(network, taken, this.#most).then((isGranted) => {
      if (!isGranted) onTooMany();
    });
    return true;
  }

  release(address: string): void {
    const network = networkOf(address);
    const left = (this.#taken.get(network) ?? 1) - 1;
    if (left === 0) this.#taken.delete(network);
    else this.#taken.set(network, left);
    this.#shared?.release(network, left);
  }
}

const NETWORK_GROUPS = 4;

/** Of IPv6 the /64, since a household has all of that. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
