/** Who is signed in, and who follows what, in a fixture. */
export interface FixturePeople {
  /** Null: nobody is signed in. */
  name: string | null;
  following: boolean;
  followers: number;
}

export const A_GUEST: FixturePeople = { name: null, following: false, followers: 1_284 };

const USED = {
  code: 'sign_in_code_used',
  message: 'This sign-in link has been used: ask for a new one.',
};

/** What the API says of people; null: the path is about something else. */
export function answerPeople(
  path: string,
  people: FixturePeople,
): { status: number; body: unknown } | null {
  if (path === '/api/v1/me') {
    const { name } = people;
    return { status: 200, body: { user: name && { id: `id-${name}`, name, color: null } } };
  }
  if (path === '/api/v1/sign-in-codes/used') return { status: 410, body: USED };
  if (path.startsWith('/api/v1/sign-in-codes/'))
    return { status: 200, body: { name: 'stage_left', expiresAt: Date.now() + 60_000 } };
  if (!path.endsWith('/follow')) return null;
  const { following, followers } = people;
  return { status: 200, body: { following, followers } };
}
