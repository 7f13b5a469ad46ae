import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Call, House } from '../rules/house.ts';
import { announceSettings } from './announce-settings.ts';

/** What is taken off the screens does not stay above them. */
export async function unpin(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  isGone: (pinned: ChatMessage) => boolean,
): Promise<void> {
  const { pinned } = await house.settings.fresh(call.channel.id);
  if (pinned === null || !isGone(pinned)) return;
  await house.settings.change(call.channel.id, (now) =>
    now.pinned?.id === pinned.id ? { pinned: null } : {},
  );
  await announceSettings(house, call, 'pinned');
}
