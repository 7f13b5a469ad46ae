import type { ChannelSummary } from '../../../platform/protocol/api.ts';
import { formatAgo } from '../format/time.ts';
import { Link } from '../router/link.tsx';
import { Avatar } from '../shell/avatar.tsx';

export function OfflineChannels({ channels, now }: { channels: ChannelSummary[]; now: number }) {
  return (
    <section className="resting" aria-labelledby="resting">
      <h2 id="resting">Off stage</h2>
      <ul className="resting-list">
        {channels.map((one) => (
          <li key={one.channel}>
            <Link className="resting-channel" href={`/${one.channel}`}>
              <Avatar channel={one.channel} />
              <span className="card-names">
                <span className="card-title">{one.channel}</span>
                <span className="card-channel">{restingSince(one, now)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function restingSince(channel: ChannelSummary, now: number): string {
  if (channel.state === 'starting') return 'Starting up';
  if (channel.lastLiveAt === null) return 'Not been live yet';
  return `Last live ${formatAgo(channel.lastLiveAt, now)}`;
}
