import './side-column.css';
import { useOtherLive } from '../channels/use-other-live.ts';
import { formatCount } from '../format/numbers.ts';
import { useVisibleNow } from '../format/use-visible-now.ts';
import { Link } from '../router/link.tsx';
import { Avatar } from '../shell/avatar.tsx';
import { ChatIcon, CollapseIcon } from '../shell/icons.tsx';

interface SideColumnProps {
  channel: string;
  onCollapse: () => void;
}

/** The chat's place. Until the server has one it says so, and shows who else is on. */
export function SideColumn({ channel, onCollapse }: SideColumnProps) {
  return (
    <aside className="side" aria-label="Chat">
      <div className="side-head">
        <h2>Chat</h2>
        <button
          type="button"
          className="button button-icon side-collapse"
          aria-label="Hide chat"
          title="Hide chat"
          onClick={onCollapse}
        >
          <CollapseIcon />
        </button>
      </div>
      <div className="side-quiet">
        <span className="side-quiet-mark">
          <ChatIcon />
        </span>
        <p className="side-quiet-title">Chat isn't running on this server</p>
        <p className="side-quiet-more">You can hide this column to give the stream more room.</p>
      </div>
      <OtherLive channel={channel} />
    </aside>
  );
}

const ASK_EVERY_MS = 60_000;

function OtherLive({ channel }: { channel: string }) {
  const others = useOtherLive(channel, useVisibleNow(ASK_EVERY_MS));
  if (others.length === 0) return null;
  return (
    <section className="side-others" aria-labelledby="also-live">
      <h2 id="also-live">Also live</h2>
      <ul>
        {others.map((one) => (
          <li key={one.channel}>
            <Link className="side-other" href={`/${one.channel}`}>
              <Avatar channel={one.channel} />
              <span className="card-names">
                <span className="card-title">{one.channel}</span>
                <span className="card-channel">{one.title}</span>
              </span>
              <span className="side-viewers">
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
