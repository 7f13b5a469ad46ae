import { type ReactNode, useEffect, useState } from 'react';
import { Stage } from '../shell/stage.tsx';
import { fetchSignInCode } from './account-api.ts';
import { signInAction } from './sign-in-path.ts';
import { useMe } from './use-me.ts';

type View =
  | { kind: 'loading' }
  | { kind: 'ready'; name: string }
  | { kind: 'failed'; reason: string };

/** Where a sign-in link leads: its button, not the visit, uses it up. */
export function SignInPage({ code }: { code: string | null }) {
  useEffect(() => {
    document.title = 'Sign in · Footlight';
  }, []);
  return (
    <main id="main" className="centred-page">
      {code === null ? <HowToSignIn /> : <FollowedLink code={code} />}
    </main>
  );
}

function HowToSignIn() {
  const session = useMe();
  const name = session.kind === 'known' ? session.user?.name : undefined;
  if (name !== undefined)
    return (
      <Stage>
        <h1>You are signed in as {name}</h1>
        <p className="lede">Your name is at the top of every page, with the way to sign out.</p>
      </Stage>
    );
  return (
    <Stage>
      <h1>Sign in with a link</h1>
      <p className="lede">
        Whoever runs this site can make one for you. It works once, in the browser that opens it.
      </p>
      <LinkHint />
    </Stage>
  );
}

const LinkHint = () => (
  <p className="stage-hint">
    Running it yourself? <b>npm run -s ctl -- token create --user NAME</b> prints a link.
  </p>
);

function FollowedLink({ code }: { code: string }) {
  const view = useCode(code);
  switch (view.kind) {
    case 'loading':
      return <div aria-busy="true" />;
    case 'failed':
      return (
        <Stage lit={false}>
          <h1>This link signs nobody in</h1>
          <p className="lede" role="alert">
            {view.reason}
          </p>
          <LinkHint />
        </Stage>
      );
    case 'ready':
      return (
        <Stage>
          <h1>Welcome, {view.name}</h1>
          <p className="lede">
            This browser will be signed in as {view.name}, to follow channels and write in chat.
          </p>
          <form method="post" action={signInAction(code, window.location.search)}>
            <button type="submit" className="button button-primary">
              Sign in as {view.name}
            </button>
          </form>
          <Instead name={view.name} />
        </Stage>
      );
    default:
      return view satisfies never;
  }
}

/** Said to those who are somebody else now. */
function Instead({ name }: { name: string }): ReactNode {
  const session = useMe();
  const now = session.kind === 'known' ? session.user?.name : undefined;
  if (now === undefined || now === name) return null;
  return <p className="stage-hint">You are signed in as {now} now, and would no longer be.</p>;
}

function useCode(code: string): View {
  const [view, setView] = useState<View>({ kind: 'loading' });
  useEffect(() => {
    const left = new AbortController();
    fetchSignInCode(code, left.signal).then(
      ({ name }) => setView({ kind: 'ready', name }),
      (error: unknown) => {
        if (left.signal.aborted) return;
        const reason = error instanceof Error ? error.message : 'The server cannot be reached.';
        setView({ kind: 'failed', reason });
      },
    );
    return () => left.abort();
  }, [code]);
  return view;
}
