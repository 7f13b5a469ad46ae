import type { User } from '../../platform/accounts.ts';
import type { ActionDetail } from '../actions.ts';
import type { Call, House } from '../house.ts';
import { announceEntry, recordAction, standingChanged } from './moderating.ts';

/** What a timeout and a ban share: kept first, then told to every node, then seen by everybody. */
export async function silence(
  house: House,
  call: Pick<Call, 'channel' | 'person'>,
  sanction: {
    target: User;
    kind: 'timeout' | 'ban';
    until: number | null;
    reason: string | undefined;
    detail: ActionDetail;
  },
): Promise<void> {
  const { target, kind, until, reason, detail } = sanction;
  const action = await recordAction(house, call, { target, reason, detail });
  await house.sanctions.put(call.channel.id, target.id, {
    kind,
    until,
    reason: reason ?? null,
    actionId: action.id,
  });
  await standingChanged(house, call, target.id);
  await announceEntry(house, call, {
    kind: 'cleared',
    frame: { type: 'cleared', user: target.id },
  });
}
