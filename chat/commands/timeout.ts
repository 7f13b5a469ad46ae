import type { Command } from '../house.ts';
import { demand, done, findSubordinate } from './moderating.ts';
import { silence } from './silence.ts';

/** Silences somebody for a while and takes what they wrote off the screens. */
export const timeout: Command<'timeout'> = async (house, call) => {
  demand(call, 'timeout');
  const { wish } = call;
  const target = await findSubordinate(house, call, wish.user);
  await silence(house, call, {
    target: target.user,
    kind: 'timeout',
    until: house.clock.now() + wish.seconds * 1000,
    reason: wish.reason,
    detail: { action: 'timeout', seconds: wish.seconds },
  });
  return done(wish);
};
