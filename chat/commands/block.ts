import { MOST_BLOCKED } from '../rules/blocks.ts';
import type { Command } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { demand, done, findTarget } from './moderating.ts';

/** Hides, for the one who asks, what somebody writes; no whispers from them either. */
export const block: Command<'block'> = async (house, call) => {
  demand(call, 'report');
  const { wish, channel, person } = call;
  const { user } = await findTarget(house, channel, wish.user);
  if (user.id === person.id) {
    throw new Refusal({ code: 'not_yourself', message: 'You cannot block yourself.', status: 400 });
  }
  const known = await house.blocks.of(person.id);
  if (wish.blocked && !known.includes(user.id) && known.length >= MOST_BLOCKED) {
    throw new Refusal({
      code: 'too_many_blocked',
      message: `You block ${MOST_BLOCKED} people already. Unblock somebody first.`,
      status: 409,
    });
  }
  await house.blocks.set(person.id, user.id, wish.blocked);
  house.bus.publish('chat:standing-changed', { channel: null, userId: person.id });
  return done(wish);
};
