import type { Command } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { demand, done, findTarget, recordAction, standingChanged } from './moderating.ts';

/** Ends a ban or a timeout. */
export const unban: Command<'unban'> = async (house, call) => {
  demand(call, 'unban');
  const { wish, channel } = call;
  const { user } = await findTarget(house, channel, wish.user);
  const was = await house.sanctions.of(channel.id, user.id);
  if (was === null) {
    throw new Refusal({
      code: 'not_banned',
      message: `${user.displayName} is neither banned nor timed out here.`,
      status: 409,
    });
  }
  const { kind, until, reason } = was;
  await recordAction(house, call, {
    target: user,
    reason: wish.reason,
    detail: { action: 'unban', was: { kind, until, reason } },
    act: async (db) => {
      await house.sanctions.within(db).lift(channel.id, user.id);
    },
  });
  await standingChanged(house, call, user.id);
  return done(wish);
};
