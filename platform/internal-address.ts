import { isIPv6 } from 'node:net';
import type { Context } from './context.ts';

export const LOOPBACK = '127.0.0.1';
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * Where the installation's other processes reach this one: HOST when it names one address, else
 * the address from which this machine reaches Redis, which all of them share. Without Redis there
 * are no others.
 */
export function internalAddress({ config, redis }: Pick<Context, 'config' | 'redis'>): string {
  if (redis === null) return LOOPBACK;
  if (!EVERYWHERE.includes(config.host)) return config.host;
  return redis.localAddress() ?? LOOPBACK;
}

/** As it stands in a URL. */
export const urlHost = (address: string): string => (isIPv6(address) ? `[${address}]` : address);
