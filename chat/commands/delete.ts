import type { Command } from '../house.ts';
import { Refusal } from '../refusal.ts';
import { announceEntry, demand, done, recordAction } from './moderating.ts';

/** Takes one message off every screen. People may take back their own. */
export const deleteMessage: Command<'delete'> = async (house, call) => {
  const { wish, channel, person } = call;
  const message = await house.messages.byId(channel.name, wish.message);
  if (message?.author.id !== person.id) demand(call, 'delete');
  if (message === null || message.deleted) {
    throw new Refusal({
      code: 'message_unknown',
      message: 'This message is gone already.',
      status: 404,
    });
  }
  const target = await house.accounts.userById(message.author.id);
  if (message.author.id !== person.id) {
    await recordAction(house, call, {
      target,
      reason: wish.reason,
      detail: { action: 'delete', message: message.id, text: message.text },
    });
  }
  await announceEntry(house, call, {
    kind: 'deleted',
    frame: { type: 'deleted', messages: [message.id] },
  });
  return done(wish);
};
