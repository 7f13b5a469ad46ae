import express, { type Request, type RequestHandler, type Router } from 'express';
import { AppError } from '../../platform/errors.ts';
import { createHttpIdentity, identityOf } from '../../platform/http-identity.ts';
import { limitRate } from '../../platform/http-rate.ts';
import { isFromOtherPage } from '../../platform/own-origin.ts';
import { endSession, keepSession, readSessionCookie } from '../../platform/session-cookie.ts';
import { noStore } from './cross-origin.ts';
import { ownPath } from './own-path.ts';
import type { PageAnswer } from './page-answer.ts';
import type { PageMeta } from './page-html.ts';
import type { WebContext } from './web-context.ts';

const SIGN_IN: PageMeta = {
  title: 'Sign in · Footlight',
  description: 'Sign in to follow channels and to write in chat.',
  url: null,
  image: null,
  kind: 'website',
};

/**
 * `/signin/CODE`: GET shows whom the link is for, so that previews of links do not use it up;
 * POST signs the browser in. `POST /signout` ends the session, on every node.
 */
export function createSignIn(options: {
  context: WebContext;
  headers: RequestHandler;
  page: PageAnswer;
  requestsPerMinute: number;
}): Router {
  const { context, page } = options;
  const { signInCodes, sessions, clock } = context;
  const router = express.Router();
  router.use(['/signin', '/signout'], options.headers, noStore, notForSearch);
  router.use(['/signin', '/signout'], limitRate(options.requestsPerMinute));

  router.get('/signin', (_req, res) => page(res, 200, SIGN_IN));
  router.get('/signin/:code', async (req, res) => {
    const status = await signInCodes.read(req.params.code).then(() => 200, statusOf);
    page(res, status, SIGN_IN);
  });

  router.post('/signin/:code', async (req, res) => {
    if (isFromOtherPage(req, context.config)) throw otherSite();
    const code = await signInCodes.redeem(req.params.code).catch((error: unknown) => {
      if (req.accepts('json', 'html') === 'json') throw error;
      return { refused: statusOf(error) };
    });
    // The page says why: it asks about the code.
    if ('refused' in code) return page(res, code.refused, SIGN_IN);
    await endFormerSession(req, context);
    const { token, expiresAt } = await sessions.issue({
      userId: code.userId,
      lifetimeMs: code.sessionMs,
    });
    const lifetimeMs = expiresAt - clock.now();
    res.append('Set-Cookie', keepSession({ token, lifetimeMs, secure: isSecure(req, context) }));
    res.redirect(303, ownPath(req.query['to']));
  });

  router.post('/signout', createHttpIdentity(context).middleware, async (req, res) => {
    const identity = identityOf(req);
    if (identity !== null) await sessions.revoke(identity);
    res.append('Set-Cookie', endSession(isSecure(req, context)));
    res.redirect(303, ownPath(req.query['to']));
  });
  return router;
}

/** Nobody could end it any more once the browser has another cookie in its place. */
async function endFormerSession(
  req: Request,
  { identities, sessions }: Pick<WebContext, 'identities' | 'sessions'>,
): Promise<void> {
  const token = readSessionCookie(req);
  if (token === null) return;
  const identity = await identities.verify(token).catch((error: unknown) => {
    statusOf(error);
    return null;
  });
  if (identity !== null) await sessions.revoke(identity);
}

const notForSearch: RequestHandler = (_req, res, next) => {
  res.set('X-Robots-Tag', 'noindex');
  next();
};

/** Over TLS, here or at a proxy in front. */
function isSecure(req: Request, { config: { publicUrl } }: WebContext): boolean {
  if (req.secure) return true;
  return (publicUrl?.startsWith('https:') ?? false) && new URL(publicUrl ?? '').host === req.host;
}

/** Of a refusal; what went wrong otherwise is thrown on. */
function statusOf(error: unknown): number {
  if (error instanceof AppError && error.status < 500) return error.status;
  throw error;
}

const otherSite = () =>
  new AppError({
    code: 'cross_site_request',
    status: 403,
    message: 'A page of another site tried to sign you in: open the link yourself.',
  });
