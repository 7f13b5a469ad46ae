import type { Bus } from './bus.ts';
import type { Clock, NewId } from './clock.ts';
import type { Database } from './db/database.ts';
import { writeNotice } from './db/notices.ts';
import type { Identities, Identity, Sessions } from './identity.ts';
import { signingSecret } from './signing-secret.ts';
import {
  createTokenSigner,
  MAX_TOKEN_LIFETIME_MS,
  type TokenSigner,
  tokenExpired,
  tokenRevoked,
} from './token.ts';
import { createTokenOwners, type TokenOwners } from './token-owners.ts';
import {
  createVerifiedTokens,
  type VerifiedToken,
  type VerifiedTokens,
} from './verified-tokens.ts';

/** More than one node's sockets. */
const MOST_VERIFIED = 25_000;
/** How long a node that missed a revocation goes on with what it knew. */
const ASK_AGAIN_MS = 60_000;

export interface IdentityStore {
  db: Database;
  clock: Clock;
  newId: NewId;
  /** Null (ctl): running servers hear of it through the database. */
  bus: Bus | null;
}

export interface DbIdentities {
  identities: Identities;
  sessions: Sessions;
  /** For when the bus was cut off, and may not have told of a revocation: all are asked for anew. */
  forgetVerified(): void;
}

/** Identities and sessions in the database, the same on every node that shares it. They end with the bus. */
export async function createDbIdentities(store: IdentityStore): Promise<DbIdentities> {
  const { db, clock, bus } = store;
  const secret = await signingSecret(store, 'tokens');
  const signer = await createTokenSigner({ secret, clock });
  const verified = createVerifiedTokens({ limit: MOST_VERIFIED, clock });
  const owners = createTokenOwners(db);
  const revocations = { heard: 0 };
  bus?.subscribe('identity:revoked', (fact) => {
    revocations.heard += 1;
    verified.drop(fact);
  });
  return {
    identities: createIdentities({ clock, signer, verified, owners, revocations }),
    sessions: createSessions(store, signer),
    forgetVerified() {
      revocations.heard += 1;
      verified.clear();
    },
  };
}

function createIdentities(parts: {
  clock: Clock;
  signer: TokenSigner;
  verified: VerifiedTokens;
  owners: TokenOwners;
  revocations: { readonly heard: number };
}): Identities {
  const { clock, signer, verified, owners, revocations } = parts;

  const verify = async (token: string, known: VerifiedToken | null): Promise<VerifiedToken> => {
    const heard = revocations.heard;
    const claims = known?.claims ?? (await signer.check(token));
    const owner = await owners.of(claims);
    if (owner === null) throw tokenRevoked();
    const fresh = { claims, ...owner, askedAt: clock.now() };
    // One that may be about this token came in between: the next who asks finds out.
    if (heard === revocations.heard) verified.set(token, fresh);
    return fresh;
  };

  return {
    async verify(token) {
      const known = verified.get(token);
      const fresh = known !== null && clock.now() - known.askedAt < ASK_AGAIN_MS;
      const { claims, name, admin } = fresh ? known : await verify(token, known);
      if (claims.expiresAt <= clock.now()) throw tokenExpired();
      const { userId, tokenId, expiresAt } = claims;
      return { userId, name, admin, tokenId, expiresAt };
    },
  };
}

function createSessions(store: IdentityStore, signer: TokenSigner): Sessions {
  const { db, clock, newId, bus } = store;

  const tell = async (transaction: Database, fact: { userId: string; tokenId: string | null }) => {
    if (bus === null)
      await writeNotice({ ...store, db: transaction }, { topic: 'identity:revoked', fact });
  };

  return {
    async issue({ userId, lifetimeMs }) {
      const issuedAt = clock.now();
      const expiresAt = issuedAt + Math.min(lifetimeMs, MAX_TOKEN_LIFETIME_MS);
      const tokenId = newId();
      const token = await signer.sign({ userId, tokenId, issuedAt, expiresAt });
      return { token, tokenId, expiresAt };
    },

    async revoke({
      userId,
      tokenId,
      expiresAt,
    }: Pick<Identity, 'userId' | 'tokenId' | 'expiresAt'>) {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom('revoked_tokens')
          .where('expires_at', '<', clock.now())
          .execute();
        await transaction
          .insertInto('revoked_tokens')
          .values({ token_id: tokenId, expires_at: expiresAt })
          .onConflict((conflict) => conflict.column('token_id').doNothing())
          .execute();
        await tell(transaction, { userId, tokenId });
      });
      bus?.publish('identity:revoked', { userId, tokenId });
    },

    async revokeAll(userId) {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .updateTable('users')
          .set({ tokens_valid_from: clock.now() })
          .where('id', '=', userId)
          .execute();
        await tell(transaction, { userId, tokenId: null });
      });
      bus?.publish('identity:revoked', { userId, tokenId: null });
    },
  };
}
