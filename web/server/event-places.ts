import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { eventConnectionsRefused } from './web-metrics.ts';

/** Refusals are logged at most this often. */
const WARN_EVERY_MS = 60_000;

/** Places for connections to `/events`, bounded in total and for each address. */
export interface EventPlaces {
  /** Returns the function that gives the place back. Throws `events_too_many`. */
  take(address: string): () => void;
}

export function createEventPlaces(options: {
  limits: { connections: number; connectionsPerAddress: number };
  clock: Clock;
  log: Log;
}): EventPlaces {
  const { limits, clock, log } = options;
  const held = new Map<string, number>();
  let total = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;

  const refuse = (message: string, status: 429 | 503): never => {
    eventConnectionsRefused.inc();
    if (clock.now() - warnedAt >= WARN_EVERY_MS) {
      warnedAt = clock.now();
      log.warn({ connections: total, status, reason: message }, 'event streams refused');
    }
    throw new AppError({ code: 'events_too_many', message, status, retryable: true });
  };
  const giveBack = (address: string) => {
    total -= 1;
    const left = (held.get(address) ?? 1) - 1;
    if (left === 0) held.delete(address);
    else held.set(address, left);
  };

  return {
    take(address) {
      if (total >= limits.connections)
        refuse('The server holds as many event streams as it can. Try again in a moment.', 503);
      const before = held.get(address) ?? 0;
      if (before >= limits.connectionsPerAddress)
        refuse('Too many event streams from one address. Behind a proxy, set TRUST_PROXY.', 429);
      held.set(address, before + 1);
      total += 1;
      let given = false;
      return () => {
        if (given) return;
        given = true;
        giveBack(address);
      };
    },
  };
}
