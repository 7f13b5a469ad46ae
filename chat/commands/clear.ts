import type { Command } from '../rules/house.ts';
import { announceEntry, demand, done, recordAction } from './moderating.ts';
import { unpin } from './unpin.ts';

/** Takes everything off every screen. */
export const clear: Command<'clear'> = async (house, call) => {
  demand(call, 'clear');
  const { wish } = call;
  await recordAction(house, call, { target: null, reason: undefined, detail: { action: 'clear' } });
  await announceEntry(house, call, {
    kind: 'cleared',
    frame: { type: 'cleared' },
    wishId: wish.id,
  });
  await unpin(house, call, () => true);
  return done(wish);
};
