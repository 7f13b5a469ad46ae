import type { ChannelSettings } from '../rules/channel-settings.ts';
import type { Call, House } from '../rules/house.ts';
import { announceEntry } from './moderating.ts';

/** Changes that come in between are told as well, but not for ever. */
const MOST_TIMES = 5;

/**
 * Tells how it is now. Two nodes that changed it at once may tell it in the other order, so each
 * looks again afterwards: the last one told is what is kept.
 */
export async function announceSettings(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  what: 'mode' | 'pinned',
): Promise<void> {
  let told: string | null = null;
  for (let times = 0; times < MOST_TIMES; times++) {
    const frame = frameOf(what, await house.settings.fresh(call.channel.id));
    const text = JSON.stringify(frame);
    if (text === told) return;
    await announceEntry(house, call, { kind: what, frame });
    told = text;
  }
}

const frameOf = (what: 'mode' | 'pinned', { modes, pinned }: ChannelSettings) =>
  what === 'mode' ? { type: 'mode', modes } : { type: 'pinned', message: pinned };
