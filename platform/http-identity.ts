import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import type { Identities, Identity } from './identity.ts';
import { isFromOwnPage, isOwnOrigin } from './own-origin.ts';
import { readSessionCookie } from './session-cookie.ts';

const BEARER = /^bearer +(\S+)$/i;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

const known = new WeakMap<IncomingMessage, Identity>();

/** Who sent this request, as the middleware found; null: nobody. */
export const identityOf = (req: IncomingMessage): Identity | null => known.get(req) ?? null;

/** @throws AppError `sign_in_required` (401) */
export function requireIdentity(req: IncomingMessage): Identity {
  const identity = identityOf(req);
  if (identity !== null) return identity;
  throw new AppError({
    code: 'sign_in_required',
    status: 401,
    message: 'Only somebody who is signed in may do this: sign in, or send a token as Bearer.',
  });
}

export interface HttpIdentity {
  /**
   * Finds out who sends a request, for `identityOf` and `requireIdentity`: by
   * `Authorization: Bearer TOKEN`, or else by the session cookie. A Bearer token that does not
   * count is refused (401); a cookie that does not is nobody. What a cookie vouches for is
   * written only for a page of this site: `cross_site_request` (403).
   */
  middleware: RequestHandler;
  /**
   * Who opens this WebSocket from a page of this site, by the session cookie. Null: nobody, or a
   * page of another site.
   */
  ofUpgrade(req: IncomingMessage): Promise<Identity | null>;
}

export function createHttpIdentity(context: {
  config: Pick<Config, 'publicUrl'>;
  identities: Identities;
}): HttpIdentity {
  const { config, identities } = context;

  const byCookie = async (req: IncomingMessage): Promise<Identity | null> => {
    const token = readSessionCookie(req);
    return token === null ? null : identities.verify(token).catch(nobodyIfRefused);
  };

  const find = async (req: IncomingMessage): Promise<Identity | null> => {
    const { authorization } = req.headers;
    if (authorization !== undefined) return identities.verify(bearerOf(authorization));
    const identity = await byCookie(req);
    if (identity !== null && !READS.has(req.method ?? '') && !isFromOwnPage(req, config))
      throw crossSite();
    return identity;
  };

  return {
    middleware: async (req, res, next) => {
      const identity = await find(req).catch((error: unknown) => {
        if (isRefusal(error)) res.set('WWW-Authenticate', 'Bearer');
        throw error;
      });
      if (identity !== null) known.set(req, identity);
      next();
    },
    ofUpgrade: async (req) => (isOwnOrigin(req, config) ? byCookie(req) : null),
  };
}

function bearerOf(authorization: string): string {
  const token = BEARER.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw new AppError({
    code: 'token_invalid',
    status: 401,
    message: 'The Authorization header must be `Bearer TOKEN`.',
  });
}

const isRefusal = (error: unknown): boolean => error instanceof AppError && error.status === 401;

function nobodyIfRefused(error: unknown): null {
  if (isRefusal(error)) return null;
  throw error;
}

const crossSite = () =>
  new AppError({
    code: 'cross_site_request',
    status: 403,
    message:
      'This request did not come from a page of this site: a session cookie writes only for those. Send a token as Bearer instead.',
  });
