import type { ServedWeb } from './serve-web.ts';

const HOUR_MS = 3_600_000;

/** Somebody with a token, and what a browser of theirs sends. */
export interface SignedIn {
  userId: string;
  token: string;
  tokenId: string;
  bearer: Record<string, string>;
  /** As a page of this site sends it. */
  cookie: Record<string, string>;
}

export async function signIn(web: ServedWeb, name: string): Promise<SignedIn> {
  const { user } = await web.people.accounts.ensure(name);
  const { token, tokenId } = await web.people.sessions.issue({
    userId: user.id,
    lifetimeMs: HOUR_MS,
  });
  return {
    userId: user.id,
    token,
    tokenId,
    bearer: { authorization: `Bearer ${token}` },
    cookie: { cookie: `footlight_session=${token}`, 'sec-fetch-site': 'same-origin' },
  };
}
