import './shell.css';
import { AccountMenu } from '../account/account-menu.tsx';
import { Link } from '../router/link.tsx';
import type { Route } from '../router/routes.ts';
import { LogoMark } from './logo.tsx';

export function Header({ current }: { current: Route['name'] }) {
  return (
    <header className="site-header">
      <Link className="wordmark" href="/" aria-label="Footlight, home">
        <LogoMark />
        <span>Footlight</span>
      </Link>
      <nav aria-label="Main">
        <Link className="nav-link" href="/" aria-current={current === 'home' ? 'page' : undefined}>
          Live now
        </Link>
      </nav>
      <AccountMenu />
    </header>
  );
}
