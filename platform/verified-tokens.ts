import { hash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { TokenClaims } from './token.ts';

/** A token whose signature was checked, and whether its person counted when that was last asked. */
export interface VerifiedToken {
  claims: TokenClaims;
  name: string;
  admin: boolean;
  /** Wall ms. */
  askedAt: number;
}

/** The most recently used ones, by the hash of the token: the tokens themselves are not kept. */
export interface VerifiedTokens {
  get(token: string): VerifiedToken | null;
  set(token: string, verified: VerifiedToken): void;
  /** Without `tokenId`: all of this person. */
  drop(of: { userId: string; tokenId: string | null }): void;
  readonly size: number;
}

/** Holds `limit` at most: the one that was not used for longest goes. */
export function createVerifiedTokens(options: { limit: number; clock: Clock }): VerifiedTokens {
  const { limit, clock } = options;
  // A Map keeps the order of insertion: what is used is put in anew, so the first is the oldest.
  const kept = new Map<string, VerifiedToken>();
  const keyOf = (token: string) => hash('sha256', token, 'base64');
  return {
    get(token) {
      const key = keyOf(token);
      const found = kept.get(key);
      if (found === undefined) return null;
      kept.delete(key);
      if (found.claims.expiresAt <= clock.now()) return null;
      kept.set(key, found);
      return found;
    },
    set(token, verified) {
      const key = keyOf(token);
      kept.delete(key);
      kept.set(key, verified);
      for (const oldest of kept.keys()) {
        if (kept.size <= limit) break;
        kept.delete(oldest);
      }
    },
    drop({ userId, tokenId }) {
      for (const [key, { claims }] of kept)
        if (claims.userId === userId && (tokenId === null || claims.tokenId === tokenId))
          kept.delete(key);
    },
    get size() {
      return kept.size;
    },
  };
}
