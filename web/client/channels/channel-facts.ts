import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';

type Facts = Pick<
  ChannelDetails,
  | 'channel'
  | 'title'
  | 'live'
  | 'state'
  | 'interrupted'
  | 'graceEndsAt'
  | 'streamId'
  | 'startedAt'
  | 'lastLiveAt'
  | 'viewers'
>;

/** What one event makes of a channel's facts; the same object when it changes nothing. */
export function applyEvent<T extends Facts>(facts: T, event: ServerEvent): T {
  switch (event.type) {
    case 'snapshot':
      return applySnapshot(facts, event.data);
    case 'beat':
      return facts;
    case 'viewers':
      return mine(facts, event.data) ? { ...facts, viewers: event.data.viewers } : facts;
    case 'stream.live': {
      if (!mine(facts, event.data)) return facts;
      const { title, streamId, startedAt } = event.data;
      return { ...facts, ...running, title, streamId, startedAt };
    }
    case 'stream.interrupted':
      if (facts.streamId !== event.data.streamId) return facts;
      return {
        ...facts,
        state: 'interrupted',
        interrupted: true,
        graceEndsAt: event.data.graceEndsAt,
      };
    case 'stream.offline':
      if (facts.streamId !== event.data.streamId) return facts;
      return { ...facts, ...stopped, lastLiveAt: event.data.endedAt };
    default:
      return event satisfies never;
  }
}

const running = { live: true, state: 'live', interrupted: false, graceEndsAt: null } as const;
/** Of a channel that nothing is on. */
export const stopped = {
  live: false,
  state: 'offline',
  interrupted: false,
  graceEndsAt: null,
  streamId: null,
  startedAt: null,
} as const;

const mine = (facts: Facts, data: { channel: string }) => facts.channel === data.channel;

function applySnapshot<T extends Facts>(
  facts: T,
  snapshot: Extract<ServerEvent, { type: 'snapshot' }>['data'],
): T {
  const viewers =
    snapshot.viewers.find((one) => mine(facts, one))?.viewers ??
    snapshot.live.find((one) => mine(facts, one))?.viewers ??
    facts.viewers;
  const now = snapshot.live.find((one) => mine(facts, one));
  if (now === undefined) {
    return facts.live ? { ...facts, ...stopped, viewers } : { ...facts, viewers };
  }
  const { title, streamId, startedAt, interrupted, graceEndsAt } = now;
  const state = interrupted ? 'interrupted' : 'live';
  return {
    ...facts,
    live: true,
    state,
    title,
    streamId,
    startedAt,
    interrupted,
    graceEndsAt,
    viewers,
  };
}
