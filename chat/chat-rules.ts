import type { Channel } from '../platform/channels.ts';
import { runCommand } from './commands/commands.ts';
import type { House } from './house.ts';
import { may } from './permissions.ts';
import type { Person } from './person.ts';
import { Refusal } from './refusal.ts';
import type { Rules, Standing } from './rules.ts';
import type { KnownStanding } from './standings.ts';

/** The rules over the database, the same on every node. */
export function createRules(house: House): Rules {
  const { settings, standings, held } = house;
  return {
    async admit(channel, identity, guestId) {
      if (identity === null) return guest(guestId);
      const known = await standings.of(channel, identity.userId);
      if (known === null) {
        throw new Refusal({
          code: 'user_unknown',
          message: 'This account is gone. Sign in again.',
          status: 401,
        });
      }
      return standingOf(house, known, identity);
    },
    async execute({ channel, person, address, wish }) {
      const now = await current(house, channel, person);
      return runCommand(house, { channel, person: now, address, wish });
    },
    async opening(channel, person) {
      const { modes, pinned } = await settings.of(channel.id);
      if (!may(person.roles, 'review')) return { modes, pinned };
      return { modes, pinned, held: await held.list(channel.id) };
    },
    observe() {},
  };
}

const guest = (id: string): Standing => ({
  person: { id, name: 'Guest', roles: ['guest'], color: null, expiresAt: null },
  silencedUntil: undefined,
  blocked: [],
});

function standingOf(
  house: House,
  { name, color, roles, sanction, blocked }: KnownStanding,
  identity: { userId: string; expiresAt: number },
): Standing {
  const holds =
    sanction !== null && (sanction.until === null || sanction.until > house.clock.now());
  if (holds && sanction.kind === 'ban') {
    const why = sanction.reason === null ? '' : ` Reason: ${sanction.reason}.`;
    throw new Refusal({ code: 'banned', message: `You are banned in this channel.${why}` });
  }
  const person = { id: identity.userId, name, roles, color, expiresAt: identity.expiresAt };
  return { person, silencedUntil: holds ? sanction.until : undefined, blocked };
}

/** A role taken away a moment ago counts at once, whatever the connection knew when it came. */
async function current(house: House, channel: Channel, person: Person): Promise<Person> {
  if (person.expiresAt === null) return person;
  const known = await house.standings.of(channel, person.id);
  if (known === null) return { ...person, roles: ['guest'] };
  return { ...person, name: known.name, color: known.color, roles: known.roles };
}
