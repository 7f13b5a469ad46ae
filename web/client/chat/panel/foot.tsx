import { signInPath } from '../../account/sign-in-path.ts';
import { Link } from '../../router/link.tsx';
import { FollowButton } from '../../watch/follow-button.tsx';
import { Composer } from './composer.tsx';
import { type Draft, usePanel } from './panel-context.ts';
import { isSignedIn, rankOf } from './ranks.ts';
import { useChat } from './use-chat.ts';
import { useUntil } from './use-until.ts';
import { countdown, dayAndTime, typingSentence } from './words.ts';

/** Below the messages: who types, and the box, or why there is none. */
export function Foot({ draft }: { draft: Draft }) {
  const { channel, client } = usePanel();
  const you = useChat(client, (state) => state.you);
  const modes = useChat(client, (state) => state.modes);
  const closed = useChat(client, (state) => state.status.kind === 'closed');
  const silencedUntil = you?.silencedUntil;
  const now = useUntil(silencedUntil ?? null);
  if (you === null || closed) return <footer className="chat-foot" />;
  if (!isSignedIn(you.roles))
    return (
      <footer className="chat-foot">
        <SignedOut channel={channel} />
      </footer>
    );
  const stranger = modes.followersOnly !== null && rankOf(you.roles) > rankOf(['follower']);
  const silent = silencedUntil === null || (silencedUntil ?? 0) > now;
  return (
    <footer className="chat-foot">
      <Typing />
      {silent && <Silenced until={silencedUntil ?? null} now={now} />}
      {stranger && !silent && (
        <div className="chat-followers">
          <p>Only followers write here just now.</p>
          <FollowButton channel={channel} />
        </div>
      )}
      <Composer roles={you.roles} draft={draft} />
    </footer>
  );
}

function SignedOut({ channel }: { channel: string }) {
  const path = window.location.pathname === `/${channel}/chat` ? `/${channel}/chat` : `/${channel}`;
  return (
    <div className="chat-signed-out">
      <p>Sign in to write. Reading is open to everybody.</p>
      <Link className="button button-primary" href={signInPath(path)}>
        Sign in
      </Link>
    </div>
  );
}

const HOUR_MS = 3_600_000;

function Silenced({ until, now }: { until: number | null; now: number }) {
  if (until === null) return <p className="chat-silenced">You are banned from writing here.</p>;
  const soon = until - now < HOUR_MS;
  const when = soon ? `in ${countdown(until - now)}` : dayAndTime(until);
  return <p className="chat-silenced">You are timed out. You can write again {when}.</p>;
}

function Typing() {
  const { client } = usePanel();
  const typing = useChat(client, (state) => state.typing);
  return (
    <p className="chat-typing" aria-hidden="true">
      {typing.length > 0 && <span>{typingSentence(typing)}</span>}
    </p>
  );
}
