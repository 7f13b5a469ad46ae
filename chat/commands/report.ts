import type { Command } from '../rules/house.ts';
import { cleanReason } from '../rules/message-text.ts';
import { Refusal } from '../rules/refusal.ts';
import { demand, done } from './moderating.ts';

const REPORTS = { most: 5, windowMs: 60_000 };

/** One report a message is enough, whoever sends it. */
export const reportId = (messageId: string): string => `report-${messageId}`;

/** Brings a message to the moderators' queue; it stays on the screens until one of them decides. */
export const report: Command<'report'> = async (house, call) => {
  demand(call, 'report');
  const { wish, channel, person } = call;
  const taken = await house.limits.take(`report:${person.id}`, REPORTS, wish.id);
  if (!taken.granted) {
    throw new Refusal({
      code: 'too_many_reports',
      message: 'That were many reports at once. Wait a minute before the next.',
      retryAfterMs: taken.retryAfterMs,
      status: 429,
    });
  }
  const message = await house.messages.byId(channel.name, wish.message);
  if (message === null || message.deleted) {
    throw new Refusal({
      code: 'message_unknown',
      message: 'This message is gone already.',
      status: 404,
    });
  }
  await house.held.add(channel, {
    id: reportId(message.id),
    author: message.author,
    text: message.text,
    replyTo: null,
    messageId: message.id,
    clientId: null,
    rule: 'report',
    reason: cleanReason(wish.reason) ?? 'Somebody reported it.',
  });
  return done(wish);
};
