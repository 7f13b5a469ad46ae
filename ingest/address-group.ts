/** Of an IPv6 address, what its holder's network was given: the rest it may choose as it likes. */
const NETWORK_HEXTETS = 4;

/**
 * What counts as one address when attempts are counted: an IPv4 address, also one that IPv6 carries
 * (`::ffff:192.0.2.1`), is itself; of an IPv6 address it is the /64. What is neither is itself.
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [plain = ''] = address.split('%');
  const [head = '', tail] = plain.split('::');
  const left = hextets(head);
  const right = hextets(tail ?? '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const all = [...left, ...Array<string>(zeros).fill('0'), ...right];
  const network = all.slice(0, NETWORK_HEXTETS).map((hextet) => Number.parseInt(hextet, 16));
  return `${network.map((hextet) => hextet.toString(16)).join(':')}::/64`;
}

const hextets = (text: string) => (text === '' ? [] : text.split(':'));
