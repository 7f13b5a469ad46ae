import type { LiveChannel, ServerEvent, Snapshot } from '../../../platform/protocol/events.ts';

/** Where things stand, kept current from events, so that a tab that joins late is told at once. */
export interface LiveState {
  live: Map<string, LiveChannel>;
  viewers: Map<string, number>;
}

export const emptyLiveState = (): LiveState => ({ live: new Map(), viewers: new Map() });

export function applyEvent(state: LiveState, event: ServerEvent): void {
  switch (event.type) {
    case 'snapshot':
      state.live = new Map(event.data.live.map((one) => [one.channel, one]));
      state.viewers = new Map(
        [...event.data.live, ...event.data.viewers].map((one) => [one.channel, one.viewers]),
      );
      return;
    case 'stream.live': {
      const { returned: _, ...stream } = event.data;
      const viewers = state.viewers.get(stream.channel) ?? 0;
      state.live.set(stream.channel, { ...stream, viewers, interrupted: false, graceEndsAt: null });
      return;
    }
    case 'stream.interrupted':
      change(state, event.data, { interrupted: true, graceEndsAt: event.data.graceEndsAt });
      return;
    case 'stream.offline':
      if (state.live.get(event.data.channel)?.streamId === event.data.streamId)
        state.live.delete(event.data.channel);
      return;
    case 'viewers': {
      state.viewers.set(event.data.channel, event.data.viewers);
      const stream = state.live.get(event.data.channel);
      if (stream !== undefined) change(state, stream, { viewers: event.data.viewers });
      return;
    }
    case 'beat':
      return;
    default:
      event satisfies never;
  }
}

export function snapshotOf(state: LiveState): Snapshot {
  return {
    live: [...state.live.values()],
    viewers: [...state.viewers].map(([channel, viewers]) => ({ channel, viewers })),
  };
}

function change(
  state: LiveState,
  of: { channel: string; streamId: string },
  fields: Partial<LiveChannel>,
): void {
  const stream = state.live.get(of.channel);
  if (stream?.streamId === of.streamId) state.live.set(of.channel, { ...stream, ...fields });
}
