const NOWHERE = 'http://own.invalid';

/** The path of this site that `?to=` names; `/` when it names anything else. */
export function ownPath(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/') || !URL.canParse(to, NOWHERE)) return '/';
  const { origin, pathname, search, hash } = new URL(to, NOWHERE);
  // `/.//host` becomes `//host`, which browsers take for another site.
  if (origin !== NOWHERE || pathname.startsWith('//')) return '/';
  return pathname + search + hash;
}
