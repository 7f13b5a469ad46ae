/** Who somebody is, proved by a token that this installation signed. */
export interface Identity {
  userId: string;
  /** Canonical: lower case. */
  name: string;
  /** Of the whole installation. */
  admin: boolean;
  /** Names the token, not its text: what is revoked, and safe to log. */
  tokenId: string;
  /** Wall ms. */
  expiresAt: number;
}

export interface Identities {
  /** @throws AppError `token_invalid`, `token_expired` or `token_revoked` (401) */
  verify(token: string): Promise<Identity>;
}

/** Tokens given out and taken back. */
export interface Sessions {
  /** @param options.lifetimeMs at most `MAX_TOKEN_LIFETIME_MS` of token.ts; more is cut to that */
  issue(options: {
    userId: string;
    lifetimeMs: number;
  }): Promise<{ token: string; tokenId: string; expiresAt: number }>;
  /** This token counts no longer, on every node. */
  revoke(identity: Pick<Identity, 'userId' | 'tokenId' | 'expiresAt'>): Promise<void>;
  /** No token that this person was given until now counts any longer. */
  revokeAll(userId: string): Promise<void>;
}
