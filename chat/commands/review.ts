import type { Held } from '../held-queue.ts';
import type { Call, Command, House } from '../house.ts';
import { Refusal } from '../refusal.ts';
import { announceEntry, demand, done, recordAction } from './moderating.ts';
import { approvedClientId, publishMessage } from './publish-message.ts';

/** Shows a held message or throws it away; of a reported one: leaves it, or deletes it. */
export const review: Command<'review'> = async (house, call) => {
  demand(call, 'review');
  const { wish, channel } = call;
  const held = await house.held.take(channel, wish.held);
  if (held === null) {
    throw new Refusal({
      code: 'already_reviewed',
      message: 'Another moderator was quicker.',
      status: 409,
    });
  }
  const target = await house.accounts.userById(held.author.id);
  await recordAction(house, call, {
    target,
    reason: undefined,
    detail: { action: wish.approve ? 'approve' : 'deny', text: held.text, rule: held.rule },
  });
  await carryOut(house, call, { held, approve: wish.approve });
  return done(wish);
};

async function carryOut(
  house: House,
  call: Call,
  { held, approve }: { held: Held; approve: boolean },
): Promise<void> {
  if (held.messageId !== null) {
    if (approve) return;
    const frame = { type: 'deleted', messages: [held.messageId] };
    return announceEntry(house, call, { kind: 'deleted', frame });
  }
  if (approve) {
    await publishMessage(house, call.channel, {
      author: held.author,
      clientId: approvedClientId(held.id),
      text: held.text,
      replyTo: held.replyTo,
      kind: undefined,
    });
    return;
  }
  house.bus.publish('chat:frame', {
    channel: call.channel.name,
    to: { users: [held.author.id] },
    frame: {
      type: 'refused',
      code: 'held_denied',
      reason: 'A moderator decided not to show your message.',
    },
  });
}
