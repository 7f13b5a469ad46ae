import type { ChannelSummary } from '../../../platform/protocol/api.ts';
import { formatViewers } from '../format/numbers.ts';
import { formatUptime } from '../format/time.ts';
import { Link } from '../router/link.tsx';
import { Avatar } from '../shell/avatar.tsx';
import { EyeIcon } from '../shell/icons.tsx';
import { Thumbnail } from './thumbnail.tsx';

export function LiveCard({ channel, now }: { channel: ChannelSummary; now: number }) {
  const uptime = channel.startedAt === null ? null : formatUptime(now - channel.startedAt);
  return (
    <Link
      className="live-card"
      href={`/${channel.channel}`}
      onPointerEnter={() => void import('../watch/watch-page.tsx').catch(() => {})}
    >
      <span className="card-picture">
        <Thumbnail path={channel.thumbnail} />
        <span className="on-air">{channel.interrupted ? 'Reconnecting' : 'Live'}</span>
        <span className="card-fact card-viewers">
          <EyeIcon />
          {formatViewers(channel.viewers)}
        </span>
        {uptime !== null && <span className="card-fact card-uptime">{uptime}</span>}
      </span>
      <span className="card-words">
        <Avatar channel={channel.channel} />
        <span className="card-names">
          <span className="card-title">{channel.title || `${channel.channel} is live`}</span>
          <span className="card-channel">{channel.channel}</span>
        </span>
      </span>
    </Link>
  );
}
