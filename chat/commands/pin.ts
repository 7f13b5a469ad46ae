import type { ChatMessage } from '../../platform/protocol/chat/server-messages.ts';
import type { Call, Command, House } from '../house.ts';
import { Refusal } from '../refusal.ts';
import { announceEntry, demand, done, recordAction } from './moderating.ts';

/** Keeps one message above the others, in place of the one before. */
export const pin: Command<'pin'> = async (house, call) => {
  demand(call, 'pin');
  const { wish, channel } = call;
  const message = wish.message === null ? null : await find(house, call, wish.message);
  const { pinned: before } = await house.settings.of(channel.id);
  await recordAction(house, call, {
    target: message === null ? null : await house.accounts.userById(message.author.id),
    reason: undefined,
    detail: { action: 'pin', before: before?.id ?? null, message: message?.id ?? null },
  });
  await house.settings.save(channel.id, { pinned: message });
  await announceEntry(house, call, { kind: 'pinned', frame: { type: 'pinned', message } });
  return done(wish);
};

async function find(house: House, call: Call, id: string): Promise<ChatMessage> {
  const kept = await house.messages.byId(call.channel.name, id);
  if (kept === null || kept.deleted) {
    throw new Refusal({
      code: 'message_unknown',
      message: 'This message is gone. Pin one that can still be seen.',
      status: 404,
    });
  }
  const { deleted: _, ...message } = kept;
  return message;
}
