/** Where signing in begins; it leads back to `path`. */
export const signInPath = (path: string): string =>
  path === '/' ? '/signin' : `/signin?${new URLSearchParams({ to: path })}`;

/** The form that uses up the link of this page; it leads where the page was told. */
export function signInAction(code: string, search: string): string {
  const to = new URLSearchParams(search).get('to');
  const action = `/signin/${encodeURIComponent(code)}`;
  return to === null ? action : `${action}?${new URLSearchParams({ to })}`;
}

export const signOutAction = (path: string): string =>
  `/signout?${new URLSearchParams({ to: path })}`;
