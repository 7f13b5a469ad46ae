import './also-live.css';
import { useOtherLive } from '../channels/use-other-live.ts';
import { formatCount } from '../format/numbers.ts';
import { useVisibleNow } from '../format/use-visible-now.ts';
import { Link } from '../router/link.tsx';
import { Avatar } from '../shell/avatar.tsx';

const ASK_EVERY_MS = 60_000;

/** Who else is on. */
export function AlsoLive({ channel }: { channel: string }) {
  const others = useOtherLive(channel, useVisibleNow(ASK_EVERY_MS));
  if (others.length === 0) return null;
  return (
    <section className="also-live" aria-labelledby="also-live">
      <h2 id="also-live">Also live</h2>
      <ul>
        {others.map((one) => (
          <li key={one.channel}>
            <Link className="also-live-one" href={`/${one.channel}`}>
              <Avatar channel={one.channel} />
              <span className="card-names">
                <span className="card-title">{one.channel}</span>
                <span className="card-channel">{one.title}</span>
              </span>
              <span className="also-live-viewers">
                <i aria-hidden="true" />
                {formatCount(one.viewers)}
                <span className="visually-hidden"> viewers</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
