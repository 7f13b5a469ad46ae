import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useRef } from 'react';
import { usePathname } from './router/location.ts';
import { matchRoute, type Route } from './router/routes.ts';
import { Header } from './shell/header.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';

const HomePage = lazy(async () => ({
  default: (await import('./home/home-page.tsx')).HomePage,
}));
const WatchPage = lazy(async () => ({
  default: (await import('./watch/watch-page.tsx')).WatchPage,
}));
const EmbedPage = lazy(async () => ({
  default: (await import('./embed/embed-page.tsx')).EmbedPage,
}));

export function App() {
  const pathname = usePathname();
  const route = matchRoute(pathname);
  const content = useFocusOnArrival(pathname);
  const embedded = route.name === 'embed';
  useEffect(() => {
    document.documentElement.toggleAttribute('data-embedded', embedded);
  }, [embedded]);
  return (
    <>
      {!embedded && (
        <a className="skip-link" href="#main">
          Skip to content
        </a>
      )}
      {!embedded && <Header current={route.name} />}
      <div ref={content} className="page" tabIndex={-1}>
        <Suspense fallback={<main id="main" className="page-loading" aria-busy="true" />}>
          {pageOf(route)}
        </Suspense>
      </div>
    </>
  );
}

/** Puts the focus on the new page, as loading it would: screen readers and Tab go on from there. */
function useFocusOnArrival(pathname: string): RefObject<HTMLDivElement | null> {
  const content = useRef<HTMLDivElement>(null);
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    content.current?.focus({ preventScroll: true });
  }, [pathname]);
  return content;
}

function pageOf(route: Route): ReactNode {
  switch (route.name) {
    case 'home':
      return <HomePage />;
    case 'watch':
      return <WatchPage key={route.channel} channel={route.channel} />;
    case 'embed':
      return <EmbedPage key={route.channel} channel={route.channel} />;
    case 'not-found':
      return <NotFoundPage />;
    default:
      return route satisfies never;
  }
}
