import type { EventOf, LiveChannel } from '../../platform/protocol/events.ts';
import type { StreamEntry } from '../../platform/stream.ts';
import type { WebContext } from './web-context.ts';

export type StreamEvent = EventOf<'stream.live' | 'stream.interrupted' | 'stream.offline'>;
/** Without the viewer count, which changes by itself. */
export type LiveStream = Omit<LiveChannel, 'viewers'>;

/** What viewers can play now, and the events by which that changes. */
export interface LiveStreams {
  /** Reads what is live already, then follows the bus until `stop`. */
  start(): Promise<void>;
  stop(): void;
  all(): LiveStream[];
}

/** @param onEvent called in the order of the facts on the bus */
export function createLiveStreams(
  context: WebContext,
  onEvent: (event: StreamEvent) => void,
): LiveStreams {
  const { bus, directory, channels, log } = context;
  const live = new Map<string, LiveStream>();
  let unsubscribe: (() => void)[] = [];
  let tail: Promise<void> = Promise.resolve();

  /** Looking up a title takes time: facts wait for each other so that their order stays. */
  const inOrder = (work: () => Promise<void> | void) => {
    tail = tail.then(work).catch((error: unknown) => {
      log.error({ err: error }, 'stream fact not announced');
    });
    return tail;
  };
  const describe = async (entry: StreamEntry): Promise<LiveStream> => ({
    channel: entry.channel,
    title: (await channels.byName(entry.channel))?.title ?? '',
    streamId: entry.streamId,
    startedAt: entry.startedAt,
    interrupted: entry.state === 'interrupted',
    graceEndsAt: entry.graceEndsAt,
  });
  const announce = (stream: LiveStream, returned: boolean) => {
    const { channel, title, streamId, startedAt } = stream;
    onEvent({ type: 'stream.live', data: { channel, title, streamId, startedAt, returned } });
  };
  const known = (fact: { channel: string; streamId: string }) => {
    const stream = live.get(fact.channel);
    return stream?.streamId === fact.streamId ? stream : null;
  };

  const playable = async (fact: { channel: string; streamId: string }) => {
    const entry = await directory.byChannel(fact.channel);
    if (entry?.streamId !== fact.streamId || known(fact) !== null) return;
    const stream = await describe(entry);
    live.set(fact.channel, stream);
    announce(stream, false);
  };
  const returned = (fact: { channel: string; streamId: string }) => {
    const stream = known(fact);
    if (stream === null || !stream.interrupted) return;
    const back = { ...stream, interrupted: false, graceEndsAt: null };
    live.set(fact.channel, back);
    announce(back, true);
  };

  return {
    async start() {
      unsubscribe = [
        bus.subscribe('stream:playable', (fact) => void inOrder(() => playable(fact))),
        bus.subscribe('stream:live', (fact) => void inOrder(() => returned(fact))),
        bus.subscribe('stream:interrupted', ({ channel, streamId, reason, graceEndsAt }) => {
          void inOrder(() => {
            const stream = known({ channel, streamId });
            if (stream === null) return;
            live.set(channel, { ...stream, interrupted: true, graceEndsAt });
            onEvent({
              type: 'stream.interrupted',
              data: { channel, streamId, reason, graceEndsAt },
            });
          });
        }),
        bus.subscribe('stream:ended', ({ channel, streamId, endedAt }) => {
          void inOrder(() => {
            if (known({ channel, streamId }) === null) return;
            live.delete(channel);
            onEvent({ type: 'stream.offline', data: { channel, streamId, endedAt } });
          });
        }),
      ];
      await inOrder(async () => {
        for (const entry of await directory.list())
          if (entry.playable) live.set(entry.channel, await describe(entry));
      });
    },
    stop() {
      for (const end of unsubscribe) end();
      unsubscribe = [];
    },
    all: () => [...live.values()],
  };
}
