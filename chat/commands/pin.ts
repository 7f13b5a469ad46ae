import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Command, House } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { announceSettings } from './announce-settings.ts';
import { demand, done, isRepeated, recordAction } from './moderating.ts';

/** Keeps one message above the others, in place of the one before. */
export const pin: Command<'pin'> = async (house, call) => {
  demand(call, 'pin');
  const { wish, channel } = call;
  if (await isRepeated(house, call)) return done(wish);
  const message = wish.message === null ? null : await findToPin(house, channel.name, wish.message);
  if (wish.message !== null && message === null) {
    throw new Refusal({
      code: 'message_unknown',
      message: 'This message is gone. Pin one that can still be seen.',
      status: 404,
    });
  }
  const { before } = await house.settings.change(channel.id, () => ({ pinned: message }));
  if (before.pinned?.id === message?.id) return done(wish);
  await recordAction(house, call, {
    target: message === null ? null : await house.accounts.userById(message.author.id),
    reason: undefined,
    detail: { action: 'pin', before: before.pinned?.id ?? null, message: message?.id ?? null },
  });
  await announceSettings(house, call, 'pinned');
  return done(wish);
};

/** Null: it cannot be seen any more. */
export async function findToPin(
  house: House,
  channel: string,
  id: string,
): Promise<ChatMessage | null> {
  const kept = await house.messages.byId(channel, id);
  if (kept === null || kept.deleted) return null;
  const { deleted: _, ...message } = kept;
  return message;
}
