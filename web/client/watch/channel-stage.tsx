import { type ReactNode, useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { useWatching } from '../channels/use-watching.ts';
import type { Theatre } from '../player/control-bar.tsx';
import { Player } from '../player/player.tsx';
import { OfflineStage } from './offline-stage.tsx';

/** The player, or what stands in its place until the channel is live for the first time. */
export function ChannelStage({
  channel,
  theatre,
  whileOff,
}: {
  channel: ChannelDetails;
  /** Null: this page has no theatre (an embed). */
  theatre: Theatre | null;
  /** Shown below the words while nothing is on, and after the end. */
  whileOff: ReactNode;
}) {
  const opened = useOpened(channel.live);
  useWatching(channel.channel, opened);
  if (!opened) return <OfflineStage channel={channel}>{whileOff}</OfflineStage>;
  return (
    <Player
      channel={channel.channel}
      src={`/live/${channel.channel}/index.m3u8`}
      fact={channel}
      poster={channel.thumbnail}
      theatre={theatre}
      afterEnd={whileOff}
    />
  );
}

/** True from the first time the channel is live: the player then stays over ends and returns. */
function useOpened(live: boolean): boolean {
  const [opened, setOpened] = useState(live);
  if (live && !opened) setOpened(true);
  return opened || live;
}
