import { type ModeChange, type Modes, NO_MODES } from '../../platform/protocol/chat/modes.ts';
import type { Command } from '../rules/house.ts';
import { announceSettings } from './announce-settings.ts';
import { demand, done, isRepeated, recordAction } from './moderating.ts';

/** Changes how the chat is held; what is left out stays. */
export const mode: Command<'mode'> = async (house, call) => {
  demand(call, 'mode');
  const { wish, channel } = call;
  if (await isRepeated(house, call)) return done(wish);
  const change = await house.settings.change(channel.id, ({ modes }) => ({
    modes: { ...modes, ...given(wish) },
  }));
  const { before, after } = difference(change.before.modes, change.after.modes);
  if (Object.keys(after).length === 0) return done(wish);
  await recordAction(house, call, {
    target: null,
    reason: undefined,
    detail: { action: 'mode', before, after },
  });
  await announceSettings(house, call, 'mode');
  return done(wish);
};

const names = Object.keys(NO_MODES) as (keyof Modes)[];
const pick = (modes: ModeChange, which: (keyof Modes)[]): Partial<Modes> =>
  Object.fromEntries(which.map((name) => [name, modes[name]]));

const given = (wish: ModeChange): Partial<Modes> =>
  pick(
    wish,
    names.filter((name) => wish[name] !== undefined),
  );

function difference(before: Modes, after: Modes): { before: ModeChange; after: ModeChange } {
  const changed = names.filter((name) => before[name] !== after[name]);
  return { before: pick(before, changed), after: pick(after, changed) };
}
