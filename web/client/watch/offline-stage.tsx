import type { ReactNode } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { formatAgo } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { Stage } from '../shell/stage.tsx';

const TICK_MS = 30_000;

/** In the player's place while nothing is on; the page says the channel in its own heading. */
export function OfflineStage({
  channel,
  children,
}: {
  channel: ChannelDetails;
  children: ReactNode;
}) {
  const now = useNow(TICK_MS);
  const starting = channel.state === 'starting';
  return (
    <Stage lit={starting}>
      <p className="eyebrow">{starting ? 'Starting up' : 'Offline'}</p>
      <h2>{starting ? 'Places, please' : `${channel.channel} is off stage`}</h2>
      <p className="lede" role="status">
        {starting
          ? 'The broadcaster is connected. The picture appears here in a moment.'
          : `${lastSeen(channel, now)} The stream plays here by itself as soon as it starts.`}
      </p>
      {!starting && children}
    </Stage>
  );
}

function lastSeen(channel: ChannelDetails, now: number): string {
  if (channel.lastLiveAt === null) return 'This channel has not been live yet.';
  return `Last live ${formatAgo(channel.lastLiveAt, now)}.`;
}
