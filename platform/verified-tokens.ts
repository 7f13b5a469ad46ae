import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
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
  clear(): void;
}

/** Holds `limit` at most: the one that was not used for longest goes. */
export function createVerifiedTokens(options: { limit: number; clock: Clock }): VerifiedTokens {
  const kept = new LRUCache<string, VerifiedToken>({ max: options.limit });
  const keyOf = (token: string) => hash('sha256', token, 'base64');
  return {
    get(token) {
      const key = keyOf(token);
      const found = kept.get(key);
      if (found === undefined) return null;
      if (found.claims.expiresAt > options.clock.now()) return found;
      kept.delete(key);
      return null;
    },
    set(token, verified) {
      kept.set(keyOf(token), verified);
    },
    drop({ userId, tokenId }) {
      for (const [key, { claims }] of kept.entries())
        if (claims.userId === userId && (tokenId === null || claims.tokenId === tokenId))
          kept.delete(key);
    },
    clear: () => kept.clear(),
  };
}
