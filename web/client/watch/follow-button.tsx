import './follow-button.css';
import { signInPath } from '../account/sign-in-path.ts';
import { useMe } from '../account/use-me.ts';
import { formatCount } from '../format/numbers.ts';
import { Link } from '../router/link.tsx';
import { HeartIcon } from '../shell/icons.tsx';
import { type Following, useFollow } from './use-follow.ts';

const HOW = 'follow-how';

/** Follows the channel; to those who are not signed in it says how they can. */
export function FollowButton({ channel }: { channel: string }) {
  const session = useMe();
  if (session.kind === 'unknown')
    return (
      <button type="button" className="button follow-button" disabled>
        <HeartIcon filled={false} />
        Follow
      </button>
    );
  const id = session.user?.id ?? null;
  return <Follow key={id} channel={channel} signedIn={id !== null} />;
}

function Follow({ channel, signedIn }: { channel: string; signedIn: boolean }) {
  const following = useFollow(channel);
  return (
    <div className="follow">
      {signedIn ? (
        <Toggle channel={channel} following={following} />
      ) : (
        <HowToFollow channel={channel} followers={following.facts?.followers ?? 0} />
      )}
      {following.problem !== null && (
        <p className="follow-problem" role="alert">
          {following.problem}
        </p>
      )}
    </div>
  );
}

function Toggle({ channel, following }: { channel: string; following: Following }) {
  const { facts, busy, wish } = following;
  const on = facts?.following ?? false;
  return (
    <button
      type="button"
      className={on ? 'button follow-button' : 'button button-primary follow-button'}
      aria-pressed={on}
      aria-busy={busy}
      title={on ? `Follow ${channel} no longer` : undefined}
      onClick={() => {
        if (!busy) wish(!on);
      }}
    >
      <HeartIcon filled={on} />
      {on ? 'Following' : 'Follow'}
      <Followers count={facts?.followers ?? 0} />
    </button>
  );
}

function HowToFollow({ channel, followers }: { channel: string; followers: number }) {
  return (
    <>
      <button type="button" className="button button-primary follow-button" popoverTarget={HOW}>
        <HeartIcon filled={false} />
        Follow
        <Followers count={followers} />
      </button>
      <div id={HOW} className="follow-how" popover="auto">
        <p>Sign in to follow {channel}. Followers may write where chat is for followers only.</p>
        <Link className="button button-primary" href={signInPath(`/${channel}`)}>
          Sign in
        </Link>
      </div>
    </>
  );
}

function Followers({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <>
      {' '}
      <span className="follow-count">
        {formatCount(count)}
        <span className="visually-hidden">{count === 1 ? ' follower' : ' followers'}</span>
      </span>
    </>
  );
}
