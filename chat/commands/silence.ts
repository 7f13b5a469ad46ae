import type { User } from '../../platform/accounts.ts';
import type { Call, House } from '../rules/house.ts';
import { Refusal } from '../rules/refusal.ts';
import { announceEntry, recordAction, standingChanged } from './moderating.ts';
import { unpin } from './unpin.ts';

/** What a timeout and a ban share: kept first, then told to every node, then seen by everybody. */
export async function silence(
  house: House,
  call: Pick<Call, 'channel' | 'person'> & { wish: { id?: string | undefined } },
  asked: { target: User; reason: string | undefined; seconds: number | null },
): Promise<void> {
  const { target, reason, seconds } = asked;
  const { channel } = call;
  if (seconds !== null) await refuseIfBanned(house, call, target);
  await recordAction(house, call, {
    target,
    reason,
    detail: seconds === null ? { action: 'ban' } : { action: 'timeout', seconds },
    act: async (db, action) => {
      await house.sanctions.within(db).put(channel.id, target.id, {
        kind: seconds === null ? 'ban' : 'timeout',
        until: seconds === null ? null : action.at + seconds * 1000,
        reason: action.reason,
        actionId: action.id,
      });
    },
  });
  await standingChanged(house, call, target.id);
  await announceEntry(house, call, {
    kind: 'cleared',
    frame: { type: 'cleared', user: target.id },
    wishId: call.wish.id,
  });
  await unpin(house, call, ({ author }) => author.id === target.id);
}

/** It would end sooner than what holds. */
async function refuseIfBanned(
  house: House,
  { channel }: Pick<Call, 'channel'>,
  target: User,
): Promise<void> {
  const held = await house.sanctions.of(channel.id, target.id);
  if (held?.kind !== 'ban') return;
  throw new Refusal({
    code: 'already_banned',
    message: `${target.displayName} is banned here already. Unban first to give a timeout instead.`,
    status: 409,
  });
}
