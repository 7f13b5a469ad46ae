export type Route =
  | { name: 'home' }
  | { name: 'watch'; channel: string }
  | { name: 'embed'; channel: string }
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
  if (second === '' && CHANNEL.test(first)) return { name: 'watch', channel: first.toLowerCase() };
  return { name: 'not-found' };
}
