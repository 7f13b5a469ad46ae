import { madeUser, type Output, withStores } from './ctl-stores.ts';
import type { Accounts, User } from './platform/accounts.ts';
import { AppError } from './platform/errors.ts';
import { siteUrl } from './platform/launcher-facts.ts';
import { MAX_TOKEN_LIFETIME_MS } from './platform/token.ts';

const MINUTE_MS = 60_000;
const DEFAULT_TOKEN_MS = 24 * 60 * MINUTE_MS;
/** A browser that was signed in stays so. */
const DEFAULT_SESSION_MS = 30 * 24 * 60 * MINUTE_MS;
const DEFAULT_LINK_MS = 15 * MINUTE_MS;

export const createUser = (name: string, admin: boolean): Promise<Output> =>
  withStores(async ({ accounts }) => {
    const user = await accounts.create(name, { admin });
    return {
      json: { user: user.name, id: user.id, admin: user.admin },
      text: `user  ${user.name}${user.admin ? ' (administrator)' : ''}`,
    };
  });

export const listUsers = (): Promise<Output> =>
  withStores(async ({ accounts }) => {
    const users = await accounts.list();
    return {
      json: { users: users.map(publicFacts) },
      text: users
        .map(({ name, admin, createdAt }) =>
          [name.padEnd(25), new Date(createdAt).toISOString(), admin ? 'administrator' : ''].join(
            '  ',
          ),
        )
        .join('\n'),
    };
  });

/** @param minutes of the token, of the link and of the session it opens */
export const createToken = (name: string, minutes: string | null): Promise<Output> =>
  withStores(async ({ config, accounts, sessions, signInCodes }) => {
    const givenMs = minutes === null ? null : lifetimeOf(minutes);
    const { user, created } = await accounts.ensure(name);
    const { token } = await sessions.issue({
      userId: user.id,
      lifetimeMs: givenMs ?? DEFAULT_TOKEN_MS,
    });
    const code = await signInCodes.create({
      userId: user.id,
      lifetimeMs: givenMs ?? DEFAULT_LINK_MS,
      sessionMs: givenMs ?? DEFAULT_SESSION_MS,
    });
    const link = `${siteUrl(config)}/signin/${code}`;
    return {
      json: { token, link },
      note: madeUser({ user, created }),
      text: `token  ${token}\nlink   ${link}\nThe link signs one browser in as ${user.name}, once.`,
    };
  });

/** Of one user, all of them: there is no list of tokens to choose from. */
export const revokeTokens = (name: string): Promise<Output> =>
  withStores(async ({ accounts, sessions }) => {
    const user = await existing(accounts, name);
    await sessions.revokeAll(user.id);
    return {
      json: { user: user.name },
      text: `No token and no session of ${user.name} counts any longer.`,
    };
  });

const publicFacts = ({ id, name, displayName, admin, createdAt }: User) => ({
  id,
  user: name,
  displayName,
  admin,
  createdAt,
});

async function existing(accounts: Accounts, name: string): Promise<User> {
  const user = await accounts.userByName(name);
  if (user !== null) return user;
  throw new AppError({
    code: 'user_unknown',
    message: `There is no user ${name}. \`npm run -s ctl -- user list\` names all of them.`,
  });
}

function lifetimeOf(minutes: string): number {
  const most = MAX_TOKEN_LIFETIME_MS / MINUTE_MS;
  const value = Number(minutes);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value * MINUTE_MS;
  throw new AppError({
    code: 'minutes_invalid',
    message: `${JSON.stringify(minutes).slice(0, 40)} is no number of minutes: give a whole number from 1 to ${most}.`,
  });
}
