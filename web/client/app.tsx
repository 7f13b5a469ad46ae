import { type ReactNode, type RefObject, Suspense, useEffect, useRef } from 'react';
import { lazyPage } from './router/lazy-page.ts';
import { usePathname } from './router/location.ts';
import { matchRoute, type Route } from './router/routes.ts';
import { Header } from './shell/header.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';

const homePage = lazyPage(async () => (await import('./home/home-page.tsx')).HomePage);
const watchPage = lazyPage(async () => (await import('./watch/watch-page.tsx')).WatchPage);
const signInPage = lazyPage(async () => (await import('./account/sign-in-page.tsx')).SignInPage);
const embedPage = lazyPage(async () => (await import('./embed/embed-page.tsx')).EmbedPage);
const chatPage = lazyPage(async () => (await import('./chat/panel/chat-page.tsx')).ChatPage);

/** Loads the script of a route's page, so that the first drawing is of the page itself. */
export async function preloadPage(route: Route): Promise<void> {
  const pages = {
    home: homePage,
    watch: watchPage,
    embed: embedPage,
    chat: chatPage,
    'sign-in': signInPage,
    'not-found': null,
  };
  await pages[route.name]?.preload();
}

export function App() {
  const pathname = usePathname();
  const route = matchRoute(pathname);
  const content = useFocusOnArrival(pathname);
  const embedded = route.name === 'embed';
  const bare = embedded || route.name === 'chat';
  useEffect(() => {
    document.documentElement.toggleAttribute('data-embedded', embedded);
  }, [embedded]);
  return (
    <>
      {!bare && (
        <a className="skip-link" href="#main">
          Skip to content
        </a>
      )}
      {!bare && <Header current={route.name} />}
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
      return homePage.draw({});
    case 'watch':
      return watchPage.draw({ key: route.channel, channel: route.channel });
    case 'embed':
      return embedPage.draw({ key: route.channel, channel: route.channel });
    case 'chat':
      return chatPage.draw({ key: route.channel, channel: route.channel });
    case 'sign-in':
      return signInPage.draw({ key: route.code, code: route.code });
    case 'not-found':
      return <NotFoundPage />;
    default:
      return route satisfies never;
  }
}
