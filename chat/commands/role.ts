import type { Command } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { demand, done, findTarget, recordAction, standingChanged } from './moderating.ts';

/** Makes somebody a moderator or a VIP, or takes that back. */
export const role: Command<'role'> = async (house, call) => {
  const { wish, channel } = call;
  const target = await findTarget(house, channel, wish.user);
  const before = target.roles.find((one) => one === 'moderator' || one === 'vip') ?? 'none';
  const aboutModerators = before === 'moderator' || wish.role === 'moderator';
  demand(call, aboutModerators ? 'appoint_moderator' : 'appoint_vip');
  if (target.roles.includes('broadcaster')) {
    throw new Refusal({
      code: 'rank_too_high',
      message: `${target.user.displayName} is the broadcaster of this channel.`,
    });
  }
  if (before === wish.role) return done(wish);
  await recordAction(house, call, {
    target: target.user,
    reason: undefined,
    detail: { action: 'role', before, after: wish.role },
  });
  await house.accounts.setRole(channel, target.user.id, wish.role === 'none' ? null : wish.role);
  await standingChanged(house, call, target.user.id);
  return done(wish);
};
