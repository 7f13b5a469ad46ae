import './account-menu.css';
import { Link } from '../router/link.tsx';
import { usePathname } from '../router/location.ts';
import { Avatar } from '../shell/avatar.tsx';
import { signInPath, signOutAction } from './sign-in-path.ts';
import { useMe } from './use-me.ts';

const MENU = 'account-menu';

/** Who is signed in, and the way out; or the way in. */
export function AccountMenu() {
  const session = useMe();
  const path = usePathname();
  if (session.kind === 'unknown') return <div className="account" />;
  if (session.user === null) return <SignInLink path={path} />;
  const { name } = session.user;
  return (
    <div className="account">
      <button type="button" className="account-button" popoverTarget={MENU}>
        <Avatar channel={name} />
        <span className="account-name">
          <span className="visually-hidden">Your account: </span>
          {name}
        </span>
      </button>
      <div id={MENU} className="account-menu" popover="auto">
        <p className="account-who">
          Signed in as <b>{name}</b>
        </p>
        <form method="post" action={signOutAction(path)}>
          <button type="submit" className="account-action">
            Sign out
          </button>
        </form>
      </div>
    </div>
  );
}

function SignInLink({ path }: { path: string }) {
  // On the page itself there is nowhere to go.
  if (path.startsWith('/signin')) return <div className="account" />;
  return (
    <div className="account">
      <Link className="button account-sign-in" href={signInPath(path)}>
        Sign in
      </Link>
    </div>
  );
}
