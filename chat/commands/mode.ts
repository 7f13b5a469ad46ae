import { type ModeChange, type Modes, NO_MODES } from '../../platform/protocol/chat/modes.ts';
import type { Command } from '../house.ts';
import { announceEntry, demand, done, recordAction } from './moderating.ts';

/** Changes how the chat is held; what is left out stays. */
export const mode: Command<'mode'> = async (house, call) => {
  demand(call, 'mode');
  const { modes } = await house.settings.of(call.channel.id);
  const { before, after } = difference(modes, call.wish);
  if (Object.keys(after).length === 0) return done(call.wish);
  const next = { ...modes, ...after } as Modes;
  await recordAction(house, call, {
    target: null,
    reason: undefined,
    detail: { action: 'mode', before, after },
  });
  await house.settings.save(call.channel.id, { modes: next });
  await announceEntry(house, call, { kind: 'mode', frame: { type: 'mode', modes: next } });
  return done(call.wish);
};

function difference(modes: Modes, wish: ModeChange): { before: ModeChange; after: ModeChange } {
  const names = Object.keys(NO_MODES) as (keyof Modes)[];
  const changed = names.filter((name) => wish[name] !== undefined && wish[name] !== modes[name]);
  return {
    before: Object.fromEntries(changed.map((name) => [name, modes[name]])),
    after: Object.fromEntries(changed.map((name) => [name, wish[name]])),
  };
}
