import type { Held } from '../rules/held-queue.ts';
import type { Call, Command, House } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { demandDeletable, takeOff } from './delete.ts';
import { demand, done, recordAction } from './moderating.ts';
import { publishMessage } from './publish-message.ts';

/** Shows a held message or throws it away; of a reported one: leaves it, or deletes it. */
export const review: Command<'review'> = async (house, call) => {
  demand(call, 'review');
  const { wish, channel } = call;
  const held = await house.held.find(channel, wish.held);
  if (held === null) throw alreadyReviewed();
  const isReport = held.messageId !== null;
  // To deny a report is to delete the message.
  if (isReport && !wish.approve) await demandDeletable(house, call, held);
  // A report that is decided is gone: the same message may be reported again.
  const verdict = wish.approve || isReport ? 'approved' : 'denied';
  if ((await house.held.take(channel, held.id, verdict)) === null) throw alreadyReviewed();
  try {
    await carryOut(house, call, { held, approve: wish.approve });
  } catch (error) {
    await house.held.putBack(channel, held);
    throw error;
  }
  await recordAction(house, call, {
    target: await house.accounts.userById(held.author.id),
    reason: undefined,
    detail: { action: wish.approve ? 'approve' : 'deny', text: held.text, rule: held.rule },
  });
  return done(wish);
};

const alreadyReviewed = () =>
  new Refusal({
    code: 'already_reviewed',
    message: 'Another moderator was quicker.',
    status: 409,
  });

async function carryOut(
  house: House,
  call: Call,
  { held, approve }: { held: Held; approve: boolean },
): Promise<void> {
  if (held.messageId !== null) return approve ? undefined : takeOff(house, call, held.messageId);
  const { channel } = call;
  const id = held.clientId ?? held.id;
  const to = { users: [held.author.id] };
  if (!approve) {
    const reason = 'A moderator decided not to show your message.';
    const frame = { type: 'refused', id, code: 'held_denied', reason } as const;
    return house.bus.publish('chat:frame', { channel: channel.name, to, frame });
  }
  const { author, text, replyTo } = held;
  // As if its author had just sent it: what is sent again is this one.
  const draft = { author, clientId: id, text, replyTo, kind: undefined };
  const { id: message, offset } = await publishMessage(house, channel, draft);
  const frame = { type: 'ack', id, message, offset } as const;
  house.bus.publish('chat:frame', { channel: channel.name, to, frame });
}
