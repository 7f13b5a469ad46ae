import type { Database } from './db/database.ts';
import type { TokenClaims } from './token.ts';

/** Whose token this is; null: the person is gone, or the token was taken back. */
export interface TokenOwner {
  name: string;
  admin: boolean;
}

export interface TokenOwners {
  of(claims: TokenClaims): Promise<TokenOwner | null>;
}

/** Lists of one length, so that the statement is prepared once. */
const BATCH = 100;

interface Question {
  claims: TokenClaims;
  answer(owner: TokenOwner | null): void;
  fail(error: unknown): void;
}

/**
 * Asks the database for many at once: after a restart thousands of sockets come back within a
 * second. What waits is bounded by the sockets and requests that may be open.
 */
export function createTokenOwners(db: Database): TokenOwners {
  const waiting: Question[] = [];

  // One batch a turn of the event loop: whatever else this process carries comes in between.
  const askNext = () => {
    const batch = waiting.splice(0, BATCH);
    if (waiting.length > 0) setImmediate(askNext);
    answer(db, batch).catch((error: unknown) => {
      for (const one of batch) one.fail(error);
    });
  };

  return {
    of: (claims) =>
      new Promise((resolve, reject) => {
        waiting.push({ claims, answer: resolve, fail: reject });
        if (waiting.length === 1) setImmediate(askNext);
      }),
  };
}

async function answer(db: Database, batch: Question[]): Promise<void> {
  const [users, revoked] = await Promise.all([
    db
      .selectFrom('users')
      .select(['id', 'name', 'admin', 'tokens_valid_from'])
      .where('id', 'in', filled(batch.map(({ claims }) => claims.userId)))
      .execute(),
    db
      .selectFrom('revoked_tokens')
      .select('token_id')
      .where('token_id', 'in', filled(batch.map(({ claims }) => claims.tokenId)))
      .execute(),
  ]);
  const userOf = new Map(users.map((user) => [user.id, user]));
  const gone = new Set(revoked.map((row) => row.token_id));
  for (const { claims, answer } of batch) {
    const user = userOf.get(claims.userId);
    const counts =
      user !== undefined &&
      claims.issuedAt > Number(user.tokens_valid_from) &&
      !gone.has(claims.tokenId);
    answer(counts ? { name: user.name, admin: Number(user.admin) === 1 } : null);
  }
}

/** One, or BATCH: the last id is repeated. */
const filled = (ids: string[]): string[] =>
  ids.length <= 1 ? ids : [...ids, ...Array<string>(BATCH - ids.length).fill(ids.at(-1) ?? '')];
