import { signInPath } from '../../account/sign-in-path.ts';
import { Link } from '../../router/link.tsx';
import { FollowButton } from '../../watch/follow-button.tsx';
import { Composer } from './composer.tsx';
import { type Draft, usePanel } from './panel-context.ts';
import { isSignedIn, rankOf } from './ranks.ts';
import { useChat } from './use-chat.ts';
import { clockTime, dayAndTime, typingSentence } from './words.ts';

/** Below the messages: who types, and the box, or why there is none. */
export function Foot({ draft }: { draft: Draft }) {
  const { channel, client } = usePanel();
  const you = useChat(client, (state) => state.you);
  const modes = useChat(client, (state) => state.modes);
  const closed = useChat(client, (state) => state.status.kind === 'closed');
  if (you === null || closed) return <footer className="chat-foot" />;
  if (!isSignedIn(you.roles))
    return (
      <footer className="chat-foot">
        <SignedOut channel={channel} />
      </footer>
    );
  const stranger = modes.followersOnly !== null && rankOf(you.roles) > rankOf(['follower']);
  const { silencedUntil } = you;
  const silent = silencedUntil === null || (silencedUntil ?? 0) > Date.now();
  return (
    <footer className="chat-foot">
      <Typing />
      {silent && <Silenced until={silencedUntil ?? null} />}
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

const DAY_MS = 86_400_000;

function Silenced({ until }: { until: number | null }) {
  if (until === null) return <p className="chat-silenced">You are banned from writing here.</p>;
  const when = until - Date.now() < DAY_MS ? clockTime(until) : dayAndTime(until);
  return <p className="chat-silenced">You are timed out: you can write again at {when}.</p>;
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
