import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { formatViewers } from '../format/numbers.ts';
import { formatUptime } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { Avatar } from '../shell/avatar.tsx';
import { ChatIcon, ClockIcon, EyeIcon } from '../shell/icons.tsx';
import { FollowButton } from './follow-button.tsx';
import { ShareButton } from './share-button.tsx';

interface StreamInfoProps {
  channel: ChannelDetails;
  /** Null while the chat column is open. */
  onShowChat: (() => void) | null;
}

/** Title, broadcaster and the stream's numbers, below the player. */
export function StreamInfo({ channel, onShowChat }: StreamInfoProps) {
  const picture = describePicture(channel);
  return (
    <section className="stream-info" aria-label="About this stream">
      <Avatar channel={channel.channel} size="large" />
      <div className="stream-words">
        <h1 className="stream-title">{channel.title || channel.channel}</h1>
        <p className="stream-channel">
          {channel.title !== '' && channel.channel}
          {channel.live && (
            <span className="on-air-inline">{channel.interrupted ? 'Reconnecting' : 'Live'}</span>
          )}
          {picture !== null && <span className="stream-picture">{picture}</span>}
        </p>
      </div>
      <div className="stream-side">
        {channel.live && <Numbers viewers={channel.viewers} startedAt={channel.startedAt} />}
        <FollowButton channel={channel.channel} />
        <ShareButton channel={channel.channel} title={channel.title} />
        {onShowChat !== null && (
          <button type="button" className="button" onClick={onShowChat}>
            <ChatIcon />
            Show chat
          </button>
        )}
      </div>
    </section>
  );
}

const TICK_MS = 1_000;

function Numbers({ viewers, startedAt }: { viewers: number; startedAt: number | null }) {
  const now = useNow(TICK_MS);
  return (
    <ul className="stream-numbers">
      <li>
        <EyeIcon />
        {formatViewers(viewers)}
      </li>
      {startedAt !== null && (
        <li>
          <ClockIcon />
          <span className="visually-hidden">Live for </span>
          <span className="uptime">{formatUptime(now - startedAt)}</span>
        </li>
      )}
    </ul>
  );
}

/** `1080p60`: the best quality's size and frame rate; null while unknown. */
function describePicture({ live, renditions }: ChannelDetails): string | null {
  const heights = renditions.filter((one) => one.kind === 'video' && one.height !== null);
  const best = heights.toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0))[0];
  if (!live || best === undefined) return null;
  return `${best.height}p${best.fps === null ? '' : Math.round(best.fps)}`;
}
