import type { Call, Command, House, KeptMessage } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { announceEntry, demand, demandRank, done, recordAction, targetOf } from './moderating.ts';
import { reportId } from './report.ts';
import { unpin } from './unpin.ts';

/** Takes one message off every screen. People may take back their own. */
export const deleteMessage: Command<'delete'> = async (house, call) => {
  const { wish, channel, person } = call;
  const message = await house.messages.byId(channel.name, wish.message);
  const isOwn = message?.author.id === person.id;
  if (!isOwn) demand(call, 'delete');
  if (message === null || (message.deleted && !isOwn)) {
    throw new Refusal({
      code: 'message_unknown',
      message: 'This message is gone already.',
      status: 404,
    });
  }
  if (message.deleted) return done(wish);
  await demandDeletable(house, call, message);
  if (!isOwn) {
    await recordAction(house, call, {
      target: await house.accounts.userById(message.author.id),
      reason: wish.reason,
      detail: { action: 'delete', message: message.id, text: message.text },
    });
  }
  await takeOff(house, call, message.id);
  return done(wish);
};

/** Of those above them nobody deletes anything. @throws Refusal `rank_too_high` */
export async function demandDeletable(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  { author }: Pick<KeptMessage, 'author'>,
): Promise<void> {
  if (author.id === call.person.id) return;
  const user = await house.accounts.userById(author.id);
  if (user !== null) demandRank(call, await targetOf(house, call.channel, user));
}

/** Off the screens, off its place above them, and out of the queue. */
export async function takeOff(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  id: string,
): Promise<void> {
  const frame = { type: 'deleted', messages: [id] };
  // Once, whoever does it.
  await announceEntry(house, call, { kind: 'deleted', frame, wishId: id });
  await unpin(house, call, (pinned) => pinned.id === id);
  await house.held.take(call.channel, reportId(id), 'approved');
}
