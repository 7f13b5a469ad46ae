import type { Command } from '../house.ts';
import { demand, done, findSubordinate } from './moderating.ts';
import { silence } from './silence.ts';

/** Keeps somebody out of the channel's chat for good. */
export const ban: Command<'ban'> = async (house, call) => {
  demand(call, 'ban');
  const { wish } = call;
  const target = await findSubordinate(house, call, wish.user);
  await silence(house, call, {
    target: target.user,
    kind: 'ban',
    until: null,
    reason: wish.reason,
    detail: { action: 'ban' },
  });
  return done(wish);
};
