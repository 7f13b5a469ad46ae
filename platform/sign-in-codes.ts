import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Database } from './db/database.ts';
import { AppError } from './errors.ts';

const CODE_BYTES = 24;
/** Run out for a day: nobody needs to be told why any more. */
const FORGET_AFTER_MS = 24 * 3_600_000;

export interface SignInCode {
  userId: string;
  /** How long the session lasts that it opens. */
  sessionMs: number;
  expiresAt: number;
}

/**
 * One-time codes that sign a browser in.
 *
 * `read` and `redeem` @throws AppError `sign_in_code_unknown` (404), `sign_in_code_used`,
 * `sign_in_code_expired` (410)
 */
export interface SignInCodes {
  create(options: { userId: string; lifetimeMs: number; sessionMs: number }): Promise<string>;
  /** Does not use it up: link previews read, too. */
  read(code: string): Promise<SignInCode>;
  /** Once: of two at the same time, one. */
  redeem(code: string): Promise<SignInCode>;
}

export function createDbSignInCodes({ db, clock }: { db: Database; clock: Clock }): SignInCodes {
  const read = async (code: string): Promise<SignInCode> => {
    const row = await db
      .selectFrom('sign_in_codes')
      .select(['user_id', 'session_ms', 'expires_at', 'used_at'])
      .where('code_hash', '=', hashOf(code))
      .executeTakeFirst();
    if (row === undefined) throw unknown();
    if (row.used_at !== null) throw used();
    const expiresAt = Number(row.expires_at);
    if (expiresAt <= clock.now()) throw expired();
    return { userId: row.user_id, sessionMs: Number(row.session_ms), expiresAt };
  };

  return {
    async create({ userId, lifetimeMs, sessionMs }) {
      const code = randomBytes(CODE_BYTES).toString('base64url');
      await db
        .deleteFrom('sign_in_codes')
        .where('expires_at', '<', clock.now() - FORGET_AFTER_MS)
        .execute();
      await db
        .insertInto('sign_in_codes')
        .values({
          code_hash: hashOf(code),
          user_id: userId,
          session_ms: sessionMs,
          expires_at: clock.now() + lifetimeMs,
          used_at: null,
        })
        .execute();
      return code;
    },

    read,

    async redeem(code) {
      const facts = await read(code);
      const taken = await db
        .updateTable('sign_in_codes')
        .set({ used_at: clock.now() })
        .where('code_hash', '=', hashOf(code))
        .where('used_at', 'is', null)
        .returning('code_hash')
        .executeTakeFirst();
      if (taken === undefined) throw used();
      return facts;
    },
  };
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');

const refusal = (code: string, status: number, message: string) =>
  new AppError({ code, status, message });
const unknown = () =>
  refusal(
    'sign_in_code_unknown',
    404,
    'This sign-in link is not one of this site: check that it was copied whole.',
  );
const used = () =>
  refusal('sign_in_code_used', 410, 'This sign-in link has been used: ask for a new one.');
const expired = () =>
  refusal('sign_in_code_expired', 410, 'This sign-in link has run out: ask for a new one.');
