import { isIPv6 } from 'node:net';

/** How many sockets each address holds. */
export class AddressPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False: it holds as many as it may. */
  take(address: string): boolean {
    const network = networkOf(address);
    const taken = this.#taken.get(network) ?? 0;
    if (taken >= this.#most) return false;
    this.#taken.set(network, taken + 1);
    return true;
  }

  release(address: string): void {
    const network = networkOf(address);
    const taken = this.#taken.get(network) ?? 0;
    if (taken <= 1) this.#taken.delete(network);
    else this.#taken.set(network, taken - 1);
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
