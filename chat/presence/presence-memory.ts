import type { Clock } from '../../platform/clock.ts';
import { LastSeen } from './last-seen.ts';
import type { Presence } from './presence.ts';
import { createPresence } from './presence-core.ts';

/** Presence of one process: there is nobody else to hear of. */
export function createMemoryPresence({ clock }: { clock: Clock }): Presence {
  const seen = new LastSeen();
  return createPresence({
    clock,
    link: {
      open: () => undefined,
      ready: async () => undefined,
      tell: () => undefined,
      tick: () => undefined,
      close: () => undefined,
      noteSeen(name, userIds, at) {
        for (const userId of userIds) seen.note(name, userId, at);
      },
      lastSeen: async (name, userId) => seen.of(name, userId),
      end: async () => undefined,
    },
  });
}
