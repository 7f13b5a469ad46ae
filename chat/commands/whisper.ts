import type { User } from '../../platform/accounts.ts';
import type { Call, Command, House } from '../rules/house.ts';
import { cleanText } from '../rules/message-text.ts';
import { authorOf, type Person } from '../rules/person.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Whisper } from '../rules/whispers.ts';
import { demand, done, findTarget } from './moderating.ts';

const WHISPERS = { most: 20, windowMs: 60_000 };

/** One person to one other, on every page they have open. */
export const whisper: Command<'whisper'> = async (house, call) => {
  demand(call, 'report');
  const { wish, channel, person } = call;
  const text = cleanText(wish.text);
  const { user } = await findTarget(house, channel, wish.user);
  const before = await house.whispers.kept(person.id, wish.id);
  if (before === null) await demandWelcome(house, call, user);
  const clientId = wish.id;
  const kept =
    before ?? (await house.whispers.keep({ from: person.id, to: user.id, clientId, text }));
  // Also when it came before, since it is not known who heard it: pages know it by its id.
  if (before === null || before.to === user.id) tell(house, { kept, from: person, to: user });
  return done(wish);
};

function tell(house: House, { kept, from, to }: { kept: Whisper; from: Person; to: User }): void {
  const { id, at, text } = kept;
  const ends = { from: authorOf(from), to: { id: to.id, name: to.displayName } };
  house.bus.publish('chat:frame', {
    channel: null,
    to: { users: [to.id, from.id] },
    frame: { type: 'whisper', id, at, text, ...ends },
  });
}

/** @throws Refusal `not_yourself`, `no_whispers`, `too_many_whispers` */
async function demandWelcome(
  house: House,
  { person, wish }: Pick<Call, 'person'> & { wish: { id: string } },
  user: User,
): Promise<void> {
  if (user.id === person.id) {
    throw new Refusal({ code: 'not_yourself', message: 'That is you.', status: 400 });
  }
  const taken = await house.limits.take(`whisper:${person.id}`, WHISPERS, wish.id);
  if (!taken.granted) {
    throw new Refusal({
      code: 'too_many_whispers',
      message: `You whispered ${WHISPERS.most} times within a minute. Wait a moment.`,
      retryAfterMs: taken.retryAfterMs,
      status: 429,
    });
  }
  if (await house.whispers.mayWhisper(person.id, user.id)) return;
  throw new Refusal({
    code: 'no_whispers',
    message: `${user.displayName} takes no whispers from people they have not written to.`,
  });
}
