import type { Channel } from '../../platform/channels.ts';
import { runCommand } from '../commands/commands.ts';
import type { House } from './house.ts';
import { may } from './permissions.ts';
import type { Person } from './person.ts';
import { Refusal } from './refusal.ts';
import type { Rules, Standing } from './rules.ts';
import { banned } from './sanction-refusals.ts';
import type { Sanction } from './sanctions.ts';
import type { KnownStanding } from './standings.ts';

/** The rules over the database, the same on every node. */
export function createRules(house: House): Rules {
  const { settings, standings, held } = house;
  return {
    async admit(channel, identity, guestId) {
      if (identity === null) return guest(guestId);
      const known = await standings.of(channel, identity.userId);
      if (known === null) throw accountGone();
      return standingOf(house, known, identity);
    },
    async execute({ channel, person, address, wish }) {
      const now = await personNow(house, channel, person);
      return runCommand(house, { channel, person: now, address, wish });
    },
    async opening(channel, person) {
      const { modes, pinned } = await settings.of(channel.id);
      if (!may(person.roles, 'review')) return { modes, pinned };
      return { modes, pinned, held: await held.list(channel.id) };
    },
    /** The log reaches every node for certain, the bus nearly always. */
    observe(channel, entry) {
      if (entry.kind === 'mode' || entry.kind === 'pinned') settings.forget(channel.id);
      if (entry.kind !== 'sanction') return;
      const { user }: { user: string } = JSON.parse(entry.json);
      standings.forget(channel.name, user);
    },
  };
}

const accountGone = () =>
  new Refusal({
    code: 'user_unknown',
    message: 'This account is gone. Sign in again.',
    status: 401,
  });

const guest = (id: string): Standing => ({
  person: { id, name: 'Guest', roles: ['guest'], color: null, expiresAt: null },
  silencedUntil: undefined,
  blocked: [],
});

function standingOf(
  house: House,
  known: KnownStanding,
  identity: { userId: string; expiresAt: number },
): Standing {
  const { name, color, roles, blocked } = known;
  const sanction = holding(house, known.sanction);
  if (sanction?.kind === 'ban') throw banned(sanction);
  const person = { id: identity.userId, name, roles, color, expiresAt: identity.expiresAt };
  return { person, silencedUntil: sanction?.until, blocked };
}

const holding = ({ clock }: House, sanction: Sanction | null): Sanction | null =>
  sanction === null || (sanction.until !== null && sanction.until <= clock.now()) ? null : sanction;

/**
 * A role taken away and a ban of a moment ago count at once, whatever the connection knew when it
 * came. Who is timed out does not moderate either, or could end it.
 *
 * @throws Refusal `banned`, `user_unknown`
 */
export async function personNow(house: House, channel: Channel, person: Person): Promise<Person> {
  if (person.expiresAt === null) return person;
  const known = await house.standings.of(channel, person.id);
  if (known === null) throw accountGone();
  const { name, color, roles } = known;
  const sanction = holding(house, known.sanction);
  if (sanction?.kind === 'ban') throw banned(sanction);
  const counting = sanction === null ? roles : roles.filter((role) => role !== 'moderator');
  return { ...person, name, color, roles: counting };
}
