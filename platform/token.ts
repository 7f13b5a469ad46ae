import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from './clock.ts';
import { AppError } from './errors.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'footlight';
const AUDIENCE = 'footlight-api';
/** Ours have about 300 characters; nothing longer is looked at. */
const MAX_TOKEN_LENGTH = 1_024;
export const MAX_TOKEN_LIFETIME_MS = 366 * 24 * 3_600_000;

/** What a token says. Times are wall ms. */
export interface TokenClaims {
  userId: string;
  tokenId: string;
  issuedAt: number;
  expiresAt: number;
}

/** Signs tokens and checks signatures; whether the person still counts is asked elsewhere. */
export interface TokenSigner {
  sign(claims: TokenClaims): Promise<string>;
  /** @throws AppError `token_invalid` or `token_expired` (401) */
  check(token: string): Promise<TokenClaims>;
}

/** JSON Web Tokens (RFC 7519): HS256 and nothing else, for our audience, never without an end. */
export async function createTokenSigner(options: {
  secret: Uint8Array<ArrayBuffer>;
  clock: Clock;
}): Promise<TokenSigner> {
  const { secret, clock } = options;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign', 'verify']);
  return {
    sign({ userId, tokenId, issuedAt, expiresAt }) {
      return new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(tokenId)
        .setIssuedAt(issuedAt / 1000)
        .setExpirationTime(expiresAt / 1000)
        .sign(key);
    },

    async check(token) {
      if (token.length > MAX_TOKEN_LENGTH) throw tokenInvalid();
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        currentDate: new Date(clock.now()),
      }).catch((error: unknown) => {
        throw error instanceof errors.JWTExpired ? tokenExpired() : tokenInvalid(error);
      });
      const { sub, jti, iat, exp } = payload;
      if (sub === undefined || jti === undefined || iat === undefined || exp === undefined)
        throw tokenInvalid();
      const claims = {
        userId: sub,
        tokenId: jti,
        issuedAt: Math.round(iat * 1000),
        expiresAt: Math.round(exp * 1000),
      };
      if (claims.expiresAt - claims.issuedAt > MAX_TOKEN_LIFETIME_MS) throw tokenInvalid();
      return claims;
    },
  };
}

const refusal = (code: string, message: string, cause?: unknown) =>
  new AppError({ code, message, status: 401, cause });

const tokenInvalid = (cause?: unknown) =>
  refusal('token_invalid', 'This token is not one of this server: sign in again.', cause);
export const tokenExpired = () =>
  refusal('token_expired', 'This token has run out: sign in again.');
export const tokenRevoked = () =>
  refusal('token_revoked', 'This token was taken back: sign in again.');
