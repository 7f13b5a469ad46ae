export type Route =
  | { name: 'home' }
  | { name: 'watch'; channel: string }
  | { name: 'embed'; channel: string }
  /** The chat in a window of its own. */
  | { name: 'chat'; channel: string }
  /** `code`: of the link that was followed; null: there was none. */
  | { name: 'sign-in'; code: string | null }
  | { name: 'not-found' };

const CHANNEL = /^[a-z0-9_]{3,25}$/i;

/** Which page a path names. Whether the channel exists is the server's to say. */
export function matchRoute(pathname: string): Route {
  const [first = '', second = '', ...more] = pathname.split('/').slice(1);
  if (first === '' && second === '') return { name: 'home' };
  if (more.some((segment) => segment !== '')) return { name: 'not-found' };
  if (first === 'embed' && CHANNEL.test(second)) {
    return { name: 'embed', channel: second.toLowerCase() };
  }
  if (first === 'signin') return { name: 'sign-in', code: second === '' ? null : second };
  if (second === 'chat' && CHANNEL.test(first)) {
    return { name: 'chat', channel: first.toLowerCase() };
  }
  if (second === '' && CHANNEL.test(first)) return { name: 'watch', channel: first.toLowerCase() };
  return { name: 'not-found' };
}
