import type { Command } from '../rules/house.ts';
import { demand, done, findSubordinate } from './moderating.ts';
import { silence } from './silence.ts';

/** Silences somebody for a while and takes what they wrote off the screens. */
export const timeout: Command<'timeout'> = async (house, call) => {
  demand(call, 'timeout');
  const { user, reason, seconds } = call.wish;
  const target = await findSubordinate(house, call, user);
  await silence(house, call, { target: target.user, reason, seconds });
  return done(call.wish);
};
