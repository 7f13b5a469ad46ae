import type { Command } from '../rules/house.ts';
import { demand, done, findSubordinate } from './moderating.ts';
import { silence } from './silence.ts';

/** Keeps somebody out of the channel's chat for good. */
export const ban: Command<'ban'> = async (house, call) => {
  demand(call, 'ban');
  const { user, reason } = call.wish;
  const target = await findSubordinate(house, call, user);
  await silence(house, call, { target: target.user, reason, seconds: null });
  return done(call.wish);
};
